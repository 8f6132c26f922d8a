"""A resident's own messages."""
