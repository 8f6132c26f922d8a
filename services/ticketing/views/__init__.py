"""Filters of the list of tickets that people keep by a name, for themselves or for those they work with."""
