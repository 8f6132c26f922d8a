"""Deposits: owed like a bill, held for the payer, given back."""
