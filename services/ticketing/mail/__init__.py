"""Mail of owners: a new case, or an answer to one; never of machines, and never into a stranger's case (C-043)."""
