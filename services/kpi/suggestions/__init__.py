"""Suggestions of employees: made, adopted by somebody else, counted once they had an effect."""
