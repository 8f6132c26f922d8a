"""Acting in somebody's place: lent by that person, for one column of a review or one place to sign of a letter."""
