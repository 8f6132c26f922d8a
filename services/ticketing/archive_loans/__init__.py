"""Consulting and borrowing owner files on paper: asked for, permitted, handed out, brought back."""
