"""A day by which a document of the policy register had to be brought up to date; kpi follows its own feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """A new edition meets the day that stood, and sets the next one."""
    data = event.data
    if data["area"] == "law":
        return []  # others change it when they will; the company's rules alone are to be brought up to date by a day
    if event.type == "policy.update_missed.v1":
        return [(f"{event.subject}@{data['due_on']}", {"code": data["code"], "due_on": data["due_on"], "over": True})]
    found: list[tuple[str, Mapping[str, Any]]] = []
    if data["was_due_on"] is not None:
        met = {"due_on": data["was_due_on"], "updated_at": event.occurred_at.isoformat()}
        found.append((f"{event.subject}@{data['was_due_on']}", {"code": data["code"], **met}))
    if data["next_due_on"] is not None and data["next_due_on"] != data["was_due_on"]:
        due = {"code": data["code"], "due_on": data["next_due_on"]}
        found.append((f"{event.subject}@{data['next_due_on']}", due))
    return found


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The day after the event; the first edition after it stands."""
    base: Doc = doc or {}
    return {**piece, **base, **({"over": True} if piece.get("over") else {})}


FAMILY = CaseFamily(
    code="policy_update",
    source="kpi",
    watches=frozenset({"policy.issued.v1", "policy.update_missed.v1"}),
    route=route,
    fold=fold,
)
