"""Approvals: ask, approve, refuse, return, delegate, expire; chains by amount and org unit, always four eyes."""
