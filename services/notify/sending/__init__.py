"""Getting messages out: claim, commit, call the provider, record."""
