"""An owner's file: when it came on the register, and what each check found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Both events are batches: every file on them is a case."""
    if event.type == "archive.upserted.v1":
        return [(str(item["file_id"]), item) for item in event.data["files"]]
    shared = {
        "check_id": event.data["check_id"],
        "month": event.data.get("month"),
        "checked_at": event.data["checked_at"],
    }
    return [(str(item["file_id"]), {**item, **shared}) for item in event.data["items"]]


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The file after being registered or checked. A check repeated under its id replaces itself."""
    base: Doc = doc or {"checks": []}
    if piece.get("unit_id") is not None and "unit_id" not in base:
        base = {**base, "unit_id": piece["unit_id"]}
    if event.type == "archive.upserted.v1":
        return base if "registered_at" in base else {**base, "registered_at": event.occurred_at.isoformat()}
    check = {
        "check_id": piece["check_id"],
        "checked_at": piece["checked_at"],
        "complete": bool(piece["complete"]),
        "up_to_date": bool(piece["up_to_date"]),
    }
    kept = [known for known in base["checks"] if known["check_id"] != check["check_id"]]
    return {**base, "checks": [*kept, check]}


FAMILY = CaseFamily(
    code="archive_file",
    source="ticketing",
    watches=frozenset({"archive.upserted.v1", "archive.checked.v1"}),
    route=route,
    fold=fold,
)
