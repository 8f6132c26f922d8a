"""Calls as their exchange tells them: who answered whom and when, what was missed, what became of the matter."""
