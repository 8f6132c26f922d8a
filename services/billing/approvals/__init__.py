"""Approvals in billing: what is let go or charged less is decided by somebody else than who asks."""
