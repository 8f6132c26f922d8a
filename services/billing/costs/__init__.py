"""Costs that many units bear together, split to the fen when they are entered."""
