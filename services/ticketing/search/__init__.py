"""Finding things by what people remember of them: a number, a word, a name, the end of a phone number."""
