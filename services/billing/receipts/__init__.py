"""Receipts (票据): numbered without a gap, never deleted, void when they are wrong."""
