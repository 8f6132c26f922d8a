"""Meetings: recorded with who came, archived with their minutes; what they decided becomes tasks."""
