"""Slice: what holds the ladder: disputes, promises, instalments."""
