"""Packs: which lines of business an organisation has, and which kinds of tickets come with them."""
