"""A satisfaction survey as a whole: which quarter it is for, how many dimensions it asks, whether it was carried
through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event
from services.kpi.domain.surveys import quarterly


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The survey of the event, if it is the quarterly one."""
    if not quarterly(event):
        return ()
    return ((str(event.data["survey_id"]), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The survey after being opened or closed."""
    base: Doc = {**(doc or {}), "survey_id": piece["survey_id"], "period": piece.get("period")}
    if event.type == "survey.opened.v1":
        return {**base, "opened_at": event.occurred_at.isoformat(), "dimensions": list(piece.get("dimensions") or ())}
    return {
        **base,
        "closed_at": piece.get("closed_at") or event.occurred_at.isoformat(),
        "scope_count": piece.get("scope_count"),
        "answer_count": piece.get("answer_count"),
    }


FAMILY = CaseFamily(
    code="survey",
    source="ticketing",
    watches=frozenset({"survey.opened.v1", "survey.closed.v1"}),
    route=route,
    fold=fold,
)
