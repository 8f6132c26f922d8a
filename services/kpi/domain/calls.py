"""Where a call can be read, for the indicators that judge calls."""

from __future__ import annotations

from services.kpi.domain.facts import Case


def link(case: Case) -> str:
    """The call itself."""
    return f"/ticketing/v1/calls/{case.subject}"
