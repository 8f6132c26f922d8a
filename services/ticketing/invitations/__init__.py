"""Codes by which members of staff set a first password, or a new one an administrator sent them."""
