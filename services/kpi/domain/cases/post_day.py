"""A day of a post by the roster: the minutes of its hours that nobody covered (A-219), and its check (A-220)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The post's day."""
    return ((f"{event.data['post_id']}:{event.data['day']}", event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The day as it was told last: late records show that somebody was there after all. Its first check stands."""
    base: Doc = {**(doc or {}), "post": piece["post"], "day": piece["day"]}
    if event.type == "roster.checked.v1":
        return {**base, "checked_at": base.get("checked_at") or piece["checked_at"]}
    return {**base, "minutes": piece["minutes"], "gaps": list(piece["gaps"])}


FAMILY = CaseFamily(
    code="post_day",
    source="ticketing",
    watches=frozenset({"roster.gap.v1", "roster.checked.v1"}),
    route=route,
    fold=fold,
)
