"""Asking to be bound to a unit, and the desk that decides."""
