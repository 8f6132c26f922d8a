"""A suggestion of an employee that had an effect; kpi follows its own feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The suggestion itself."""
    return ((str(event.subject), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """When it was made, and when it worked."""
    return {name: piece[name] for name in ("number", "suggested_by", "suggested_on", "effective_on")}


FAMILY = CaseFamily(
    code="suggestion", source="kpi", watches=frozenset({"suggestion.effective.v1"}), route=route, fold=fold
)
