"""One file is one form."""
