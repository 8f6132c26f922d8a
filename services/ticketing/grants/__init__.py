"""Ways to sign in: one file each, with ``GRANT`` and ``EXAMPLES``. See ``docs/howto/add-a-grant.md``."""
