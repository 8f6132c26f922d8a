"""Ticket kinds, one file each, found by discovery: `KIND = TicketKind(...)` with its own examples."""
