"""From events to facts, and from facts to values."""
