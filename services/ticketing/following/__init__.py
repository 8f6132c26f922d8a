"""Looking at cases as their owners do: one's own list, and one case live."""
