"""A meeting whose minutes are on file; kpi follows its own feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The meeting itself."""
    return ((str(event.subject), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """What it was and when."""
    return {name: piece[name] for name in ("kind", "held_on", "chair_id")}


FAMILY = CaseFamily(code="meeting", source="kpi", watches=frozenset({"meeting.archived.v1"}), route=route, fold=fold)
