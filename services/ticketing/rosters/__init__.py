"""Posts, shifts, presence, bars: who is on duty, and which minutes nobody covered."""
