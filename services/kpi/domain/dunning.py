"""What the dunning indicators share: the month a debtor's steps belong to, and how the month went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from services.kpi.domain.facts import Case
from shared.periods import Period

_WORST = ("missed", "late", "done", "suspended")


def last_day(case: Case) -> date:
    """The last day of the plan's month: whatever was told late belongs to it."""
    return Period.parse(case.doc["period"]).end - timedelta(days=1)


def verdict_of(case: Case) -> str:
    """The worst of a debtor's steps; suspended only where all are."""
    states = {step["state"] for step in case.doc["steps"].values()}
    return next(state for state in _WORST if state in states)


def about(case: Case) -> Mapping[str, Any]:
    """What the evidence shows of the month."""
    steps = [{"step": step["kind"], "state": step["state"]} for _, step in sorted(case.doc["steps"].items())]
    return {"unit_id": case.doc.get("unit_id"), "period": case.doc["period"], "steps": steps}
