"""What follows from a scorecard beyond points: proposed with its rule, approved, recorded."""
