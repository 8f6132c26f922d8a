"""Telephone exchanges and mailboxes that are connected: who they are, and how what they send is known to be theirs."""
