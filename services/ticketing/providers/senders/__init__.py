"""Ways to send a one-time code: one file each, with ``SENDER``."""
