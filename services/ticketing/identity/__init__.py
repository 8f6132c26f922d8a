"""Identity: ticketing issues the tokens of users, and publishes the keys by which everybody checks them."""
