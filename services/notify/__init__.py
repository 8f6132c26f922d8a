"""Notify: people told what concerns them, over every channel that reaches them, once, and with proof."""
