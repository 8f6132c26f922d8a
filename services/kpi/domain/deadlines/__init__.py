"""Time limits as a table: one row per promise of the catalogue, and the few ways in which promises run out."""
