"""Fee rules: one file = one way of charging, carrying its own EXAMPLES (see docs/howto)."""
