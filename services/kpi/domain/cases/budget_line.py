"""One category of a month: what was approved, and what was spent, in fen; kpi follows its own feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Every line of an approved budget; of an actual its own."""
    data = event.data
    place = f"{data['community_id']}:{data['level']}"
    if event.type == "budget.actual_recorded.v1":
        return ((f"{place}:{data['category']}:{data['month']}", data),)
    head = {"level": data["level"], "budget_id": str(event.subject)}
    return [(f"{place}:{line['category']}:{line['month']}", {**line, **head}) for line in data["lines"]]


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The line after the event: special funds add to the annual budget, a corrected actual replaces the old one."""
    base: Doc = {"budgets": {}, **(doc or {}), **{name: piece[name] for name in ("level", "category", "month")}}
    if event.type == "budget.actual_recorded.v1":
        return {**base, "actual_fen": int(piece["amount_fen"])}
    return {**base, "budgets": {**base["budgets"], piece["budget_id"]: int(piece["amount_fen"])}}


FAMILY = CaseFamily(
    code="budget_line",
    source="kpi",
    watches=frozenset({"budget.approved.v1", "budget.actual_recorded.v1"}),
    route=route,
    fold=fold,
)
