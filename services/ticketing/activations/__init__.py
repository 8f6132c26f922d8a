"""Activation codes on paper: issued, shown once, redeemed once."""
