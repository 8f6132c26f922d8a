"""Notify's copy of the register: people, units, their relations, communities, and tickets by number."""
