"""Refunds (退款): asked, approved by somebody else, set aside, and paid out in cash, by bank or the way they came."""
