"""A paid-service slip as it was posted, before or after the deduction run that was to collect it (B-074)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The slip itself."""
    return ((str(event.data["slip_id"]), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The slip once it is posted."""
    names = ("number", "served_on", "posted_at", "run_at", "in_time")
    return {name: piece[name] for name in names}


FAMILY = CaseFamily(code="posted_slip", source="billing", watches=frozenset({"slip.posted.v1"}), route=route, fold=fold)
