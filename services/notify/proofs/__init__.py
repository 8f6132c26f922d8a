"""The proof of what was told: every attempt and receipt of a message, in a chain that shows if any was altered."""
