"""One household of one satisfaction survey: on the list frozen at its issue, and its last valid answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event
from services.kpi.domain.surveys import quarterly


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """A list event concerns up to some hundred households, an answer one; a topic's survey is another matter."""
    if not quarterly(event):
        return ()
    survey, data = event.data["survey_id"], event.data
    units = data["unit_ids"] if event.type == "survey.scope_listed.v1" else (data["unit_id"],)
    return [(f"{survey}:{unit}", {**data, "unit_id": unit}) for unit in units]


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The household after being listed or after answering; the last answer stands (AMB-021)."""
    base: Doc = doc or {
        "survey_id": piece["survey_id"],
        "period": piece.get("period"),
        "unit_id": piece["unit_id"],
        "in_scope": False,
    }
    if event.type == "survey.scope_listed.v1":
        return {**base, "in_scope": True, "listed_at": event.occurred_at.isoformat()}
    return {
        **base,
        "answer_id": piece.get("answer_id"),
        "marks": dict(piece["marks"]),
        "answered_at": piece.get("answered_at"),
    }


FAMILY = CaseFamily(
    code="household",
    source="ticketing",
    watches=frozenset({"survey.scope_listed.v1", "survey.answered.v1"}),
    route=route,
    fold=fold,
)
