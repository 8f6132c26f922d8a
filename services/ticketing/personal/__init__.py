"""What the organisation holds on a person: shown, exported and erased through one registry; who opened it, and why."""
