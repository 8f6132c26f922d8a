"""Slice: dunning cases, the plan of a month and its steps."""
