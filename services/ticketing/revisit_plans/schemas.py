"""What goes in and out of ``/ticketing/v1/revisit-plans``."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ticketing.tickets.schemas import KindCode
from shared.http.schemas import Input, Output, UtcTime

Rule = Literal["urgent", "reopened"]


class PlanIn(Input):
    """How a kind of ticket is followed up in an org unit and below it, unless one further down says otherwise."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "repair",
                    "org_unit_id": "01955a3e-7c00-7000-8000-000000000001",
                    "percent": 30,
                    "always": ["urgent", "reopened"],
                    "due_days": 3,
                }
            ]
        }
    )

    kind: KindCode
    org_unit_id: UUID
    percent: Annotated[int, Field(strict=True, ge=0, le=100, description="Share of completions drawn by lot")]
    always: Annotated[list[Rule], Field(max_length=2, description="Followed up whatever the lot says")] = []
    due_days: Annotated[int, Field(strict=True, ge=1, le=30, description="Days from completion to the call")]


class PlanOut(Output):
    """A plan. ``seed`` is null while it is in force; ``seed_hash`` (SHA-256) shows that it was not exchanged.

    A ticket's lot is the first 8 bytes (big-endian) of HMAC-SHA-256 of its id's 16 bytes under the seed, modulo 10000;
    it is drawn when the lot is below ``percent`` times 100.
    """

    id: UUID
    version: int
    kind: str
    org_unit_id: UUID
    percent: int
    always: list[str]
    due_days: int
    seed_hash: str
    seed: str | None
    made_by: UUID | None
    created_at: UtcTime
    ended_at: UtcTime | None
    completions: Annotated[int, Field(description="Completions that a lot was drawn for")]
    sampled: Annotated[int, Field(description="How many of them are followed up")]


class DrawOut(Output):
    """Why a completion is, or is not, followed up. ``reason``: lot, urgent, reopened, or drawn in an earlier round."""

    ticket_id: UUID
    ticket_number: str
    round: int
    plan_id: UUID
    lot: int
    threshold: int
    sampled: bool
    reason: str
    drawn_at: UtcTime
