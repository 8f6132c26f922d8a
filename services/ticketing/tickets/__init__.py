"""Tickets of every kind: intake, commands, clocks, history."""
