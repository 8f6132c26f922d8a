"""What crosses a border between services, and nothing else. Additive changes only; versions by suffix."""
