"""What billing decides: pure functions of values, without a clock, a database or a framework."""
