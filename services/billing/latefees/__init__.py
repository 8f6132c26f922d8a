"""Late fees: entries that are only ever added to, billed by themselves, and stopped by a dispute."""
