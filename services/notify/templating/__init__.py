"""Templates: the texts of notify, read from data files, checked, rendered and shown."""
