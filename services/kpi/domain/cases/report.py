"""A report or plan that was due: handed in on some day, or not by the end of its own; kpi follows its own feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The report itself."""
    return ((str(event.subject), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The report after the event; only the first time it is handed in counts."""
    base: Doc = {**(doc or {}), **{name: piece[name] for name in ("form", "period", "due_on", "responsible_id")}}
    if event.type == "report.submitted.v1":
        return base if "submitted_at" in base else {**base, "submitted_at": event.occurred_at.isoformat()}
    return {**base, "over": True}


FAMILY = CaseFamily(
    code="report",
    source="kpi",
    watches=frozenset({"report.submitted.v1", "report.missing.v1"}),
    route=route,
    fold=fold,
)
