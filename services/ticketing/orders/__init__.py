"""Work orders: assigned, taken from the pool, or given out in turn (C-004, C-011, C-012)."""
