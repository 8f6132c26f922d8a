"""The reception log: who came to the desk with what, and what became of it (C-038, C-039, B-002)."""
