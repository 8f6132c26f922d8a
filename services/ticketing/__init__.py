"""Ticketing: the register, identity, tickets with their clocks, follow-up calls, archives and surveys."""
