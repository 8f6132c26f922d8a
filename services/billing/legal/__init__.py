"""Slice: the packet for the legal department."""
