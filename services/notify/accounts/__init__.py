"""People's accounts with others, by which they are reached: linking them, and letting them go."""
