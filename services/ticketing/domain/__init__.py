"""What ticketing decides: pure functions over values. No framework, no I/O; ``now`` is always an argument."""
