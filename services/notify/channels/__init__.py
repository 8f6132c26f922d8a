"""Channels, one file each: a way to reach a person. Found by discovery; see domain/channels.py for what one
is."""
