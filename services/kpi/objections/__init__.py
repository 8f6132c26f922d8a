"""Objections to single cases, and what an upheld one changes."""
