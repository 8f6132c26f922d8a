"""What notify decides, as pure functions: who is told what, in which words, and what an attempt's outcome
means."""
