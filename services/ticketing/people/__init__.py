"""Who: people, their relations to units, and staff."""
