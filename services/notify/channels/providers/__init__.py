"""Providers, one file each: somebody who carries the messages of a channel. Found by discovery; see
domain/channels.py for what one is."""
