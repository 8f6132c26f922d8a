"""An objection (申诉) against one case: what an upheld one makes of its fact, and what the fact was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.kpi.domain.facts import OBJECTED, WITHDRAWN, Fact


def objected(row: Mapping[str, Any], objection_id: UUID) -> dict[str, Any]:
    """A fact version (columns of `facts`) of a case that an upheld objection took out: its numbers stand, uncounted,
    and what it would have been is kept beside."""
    if row["verdict"] in (OBJECTED, WITHDRAWN):
        return dict(row)
    detail = {**row["detail"], "objected": _before(row["verdict"], row["counted"], objection_id)}
    return {**row, "verdict": OBJECTED, "counted": False, "detail": detail}


def taken_out(fact: Fact, objection_id: UUID) -> Fact:
    """The same of a fact that is only judged."""
    detail = {**fact.detail, "objected": _before(fact.verdict, fact.counted, objection_id)}
    return replace(fact, verdict=OBJECTED, counted=False, detail=detail)


def _before(verdict: str, counted: bool, objection_id: UUID) -> dict[str, Any]:
    return {"verdict": verdict, "counted": counted, "objection_id": str(objection_id)}


def raw(fact: Fact, detail: Mapping[str, Any]) -> Fact:
    """A fact as it would count had nobody objected: what the raw rate beside the adjusted one is summed from."""
    before = detail.get("objected")
    if fact.verdict != OBJECTED or not before:
        return fact
    return replace(fact, verdict=before["verdict"], counted=before["counted"])
