"""A debtor's month of dunning: its steps (message, call, visit), each done, missed or suspended (B-067 to B-069)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event

_DONE = {"dunning.sms.done.v1": "sms", "dunning.call.done.v1": "call", "dunning.visit.done.v1": "visit"}


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The month of the debtor's case."""
    return ((f"{event.data['case_id']}:{event.data['period']}", event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The month after the event. A step told later to have been done in its window is no longer missed."""
    base: Doc = doc or {"period": piece["period"], "unit_id": piece.get("unit_id"), "steps": {}}
    step: Doc = {"kind": piece.get("kind") or _DONE.get(event.type)}
    if event.type in _DONE:
        step |= {"state": "done" if piece["on_time"] else "late", "outcome": piece.get("outcome")}
        step["at"] = event.occurred_at.isoformat()
    elif event.type == "dunning.suspended.v1":
        step |= {"state": "suspended", "cause": piece.get("cause")}
    else:
        step |= {"state": "missed", "at": piece["due_at"]}
    return {**base, "steps": {**base["steps"], str(piece["step_id"]): step}}


FAMILY = CaseFamily(
    code="dunning_month",
    source="billing",
    watches=frozenset({*_DONE, "dunning.step_missed.v1", "dunning.suspended.v1"}),
    route=route,
    fold=fold,
)
