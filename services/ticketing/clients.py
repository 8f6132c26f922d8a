"""Typed calls to peers: none. Ticketing works alone, so that intake never waits for another service."""
