"""The envelope every event travels in (architecture §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``occurred_at`` is business time, ``recorded_at`` when we learnt of it; both UTC."""

    id: UUID
    type: str
    source: str
    org_id: UUID
    community_id: UUID | None
    subject: UUID
    seq: int
    position: int
    occurred_at: datetime
    recorded_at: datetime
    actor_id: UUID | None
    trace_id: str
    data: Mapping[str, Any]


def from_json(raw: Mapping[str, Any]) -> Event:
    """An :class:`Event` from its JSON form; unknown fields are ignored, so that producers may add some."""
    return Event(
        id=UUID(raw["id"]),
        type=raw["type"],
        source=raw["source"],
        org_id=UUID(raw["org_id"]),
        community_id=UUID(raw["community_id"]) if raw.get("community_id") else None,
        subject=UUID(raw["subject"]),
        seq=int(raw["seq"]),
        position=int(raw["position"]),
        occurred_at=datetime.fromisoformat(raw["occurred_at"]),
        recorded_at=datetime.fromisoformat(raw["recorded_at"]),
        actor_id=UUID(raw["actor_id"]) if raw.get("actor_id") else None,
        trace_id=raw["trace_id"],
        data=raw["data"],
    )
