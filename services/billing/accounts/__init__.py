"""A unit's account: what is owed, what was paid in advance, and the postings behind both."""
