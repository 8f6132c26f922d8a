"""One-time links by which staff set their first password, or a new one."""
