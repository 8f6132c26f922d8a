"""The parts of a plan. All pure: from a seeded random source, no clock, no I/O, and nothing of the
services' code."""
