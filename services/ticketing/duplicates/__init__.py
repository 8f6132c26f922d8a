"""Two rows of the register that are one person: found, with reasons, and merged."""
