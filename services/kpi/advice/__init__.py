"""Advice: a letter as if it said otherwise, what closes its gaps, and what is at stake today. Stores nothing."""
