"""Paid service slips: priced in the field, confirmed by the owner, posted at the desk (C-015, C-067, E-017)."""
