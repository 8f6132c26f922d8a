"""Payment orders: owners pay by phone; the provider's signed word, not the phone's, books the money."""
