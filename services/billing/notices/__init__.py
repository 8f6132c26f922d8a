"""Slice: written notices and demands, printed and served."""
