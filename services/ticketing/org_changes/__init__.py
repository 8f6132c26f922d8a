"""Applications to change the structure or the headcount of a department, decided on the org unit's ladder (C-251)."""
