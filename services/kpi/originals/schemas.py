"""What the originals API takes and answers."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, Output, Text, UtcTime


class OpeningIn(Input):
    """The case whose originals are wanted, and what for."""

    model_config = {
        "json_schema_extra": {
            "examples": [{"fact_id": "01940000-0000-7000-8000-000000000004", "reason": "一季度收缴率专项审计"}]
        }
    }

    fact_id: UUID = Field(description="The case as the evidence of a scorecard or the cases feed names it")
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class RecordOut(Output):
    """One original, as the service that keeps it gives it."""

    address: str
    sha256: str = Field(description="Of `content` as canonical JSON: sorted keys, no spaces, UTF-8")
    content: Any


class VersionOut(Output):
    """One version of the fact: what kpi made of the case, and when it learned of it."""

    fact_id: UUID
    state: str
    title: Text
    counted: bool
    numerator: str
    denominator: str
    recorded_at: UtcTime


class SeenOut(Output):
    """Address and hash of an original that was handed out."""

    address: str
    sha256: str


class UseOut(Output):
    """One use of the door: who opened what, when and why, under the hash of the use before it."""

    id: UUID
    number: int = Field(description="Without a gap")
    fact_id: UUID
    indicator: str
    subject: str
    community_id: UUID
    reason: str
    records: list[SeenOut]
    opened_by: UUID
    opened_at: UtcTime
    previous: str
    hash: str


class OpeningOut(UseOut):
    """The originals, with the entry that records that they were opened."""

    contents: list[RecordOut]
    versions: list[VersionOut]


class ChainOut(Output):
    """Whether the record of openings is whole: no number missing, nothing changed since."""

    ok: bool
    openings: int
    broken_at: int | None = Field(description="The first number that is missing or does not agree")
    hash: str = Field(description="Of the last opening: whoever noted it down can compare later")
