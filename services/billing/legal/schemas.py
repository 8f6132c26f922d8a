"""What case packs and legal packets look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ConfigDict

from shared.http.schemas import Input, MoneyModel, Output, UtcTime


class PacketIn(Input):
    """Submit a case to the legal department."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"case_id": "0194a0c0-0000-7000-8000-0000000000cc"}]})

    case_id: UUID


class PackOut(Output):
    """Everything about a case in one answer: `parts` and the SHA-256 of each (of its canonical JSON)."""

    case_id: UUID
    amount: MoneyModel
    oldest_due: date
    due_from: date
    deadline: date
    limitation_on: date
    parts: dict[str, Any]
    manifest: dict[str, str]
    manifest_hash: str


class PacketOut(Output):
    """A packet as it was submitted."""

    id: UUID
    number: str
    case_id: UUID
    community_id: UUID
    unit_id: UUID
    amount: MoneyModel
    oldest_due: date
    due_from: date
    deadline: date
    limitation_on: date
    on_time: bool
    manifest: dict[str, str]
    manifest_hash: str
    submitted_at: UtcTime
    submitted_by: UUID


class PacketFull(PacketOut):
    """A packet with its contents, as they were submitted."""

    parts: dict[str, Any]
