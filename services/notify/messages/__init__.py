"""What was told to whom, over which channels, and with which outcome: for staff."""
