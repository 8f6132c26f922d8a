"""A payment undone, moved to the right unit, or given back in part: always by adding to the books."""
