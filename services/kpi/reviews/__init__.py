"""Reviews of scorecards: the columns of a letter, filled by different persons."""
