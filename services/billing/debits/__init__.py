"""Direct debit (托收): agreements of payers, the file of collections to the bank, and what it answered."""
