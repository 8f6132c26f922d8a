"""A day of a community's patrol duty: whether the whole park was patrolled (A-186)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The day, in the community of the event."""
    return ((f"{event.community_id}:{event.data['day']}", event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The day after a patrol, or after it ended without one; a patrol told later makes up for it."""
    base: Doc = doc or {"day": piece["day"], "whole": False, "missed": False}
    if event.type == "patrol.recorded.v1":
        return {**base, "whole": base["whole"] or bool(piece["whole"])}
    return {**base, "missed": event.type == "patrol.missed.v1"}


FAMILY = CaseFamily(
    code="patrol_day",
    source="ticketing",
    watches=frozenset({"patrol.recorded.v1", "patrol.missed.v1", "patrol.made_up.v1"}),
    route=route,
    fold=fold,
)
