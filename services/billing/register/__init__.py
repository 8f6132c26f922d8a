"""Billing's copy of the register: how far it has come, and whether that is far enough to bill."""
