"""Dated roles, designations and skills: who holds which where, from when to when, and who decided it."""
