"""Mechanism all services share; no business rules."""
