"""An objection (申诉) against one case: what an upheld one makes of its fact, and the rates before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.kpi.domain.facts import OBJECTED, WITHDRAWN


def objected(row: Mapping[str, Any], objection_id: UUID) -> dict[str, Any]:
    """A fact version (columns of `facts`) of a case that an upheld objection took out: its numbers stand, uncounted,
    and what it would have been is kept beside."""
    if row["verdict"] in (OBJECTED, WITHDRAWN):
        return dict(row)
    raw = {"verdict": row["verdict"], "counted": row["counted"], "objection_id": str(objection_id)}
    return {**row, "verdict": OBJECTED, "counted": False, "detail": {**row["detail"], "objected": raw}}
