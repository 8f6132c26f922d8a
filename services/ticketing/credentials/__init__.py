"""One's own password and second factor, and taking them from others."""
