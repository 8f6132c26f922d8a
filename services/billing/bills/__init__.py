"""Issued bills, read only: what changes is what is open on them."""
