"""Stand-ins for outside providers, as these document themselves: small real servers, for the demo and for tests."""
