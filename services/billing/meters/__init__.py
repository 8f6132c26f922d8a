"""Meters and their readings, which metered standards charge by."""
