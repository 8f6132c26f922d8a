"""What goes in and out of ``/ticketing/v1/archive-loans``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, LocalDate, Output, UtcTime

Sentence = Annotated[str, Field(min_length=2, max_length=500)]


class LoanIn(Input):
    """A paper file that somebody wants to look at on the spot, or to take along."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "borrow", "purpose": "核对装修备案", "due_on": "2025-03-14"}]}
    )

    kind: Literal["consult", "borrow"]
    purpose: Sentence
    ad_hoc_check: Annotated[
        bool, Field(description="An ad-hoc check of a superior department, which needs no permission")
    ] = False
    due_on: Annotated[
        LocalDate | None, Field(description="By which day it is brought back; wanted of what is borrowed")
    ] = None


class LoanDecisionIn(Input):
    """The office manager's word; a refusal says why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decision": "permit"}]})

    decision: Literal["permit", "refuse"]
    note: Sentence | None = None


class LoanOut(Output):
    """A request and what became of it."""

    id: UUID
    version: int
    file_id: UUID
    community_id: UUID
    kind: Literal["consult", "borrow"]
    purpose: str
    ad_hoc_check: bool
    state: Literal["asked", "permitted", "refused", "out", "returned"]
    asked_by: UUID
    due_on: date | None
    decided_by: UUID | None
    decided_at: UtcTime | None
    decision: str | None
    handed_out_by: UUID | None
    handed_out_at: UtcTime | None
    taken_back_by: UUID | None
    taken_back_at: UtcTime | None
    created_at: UtcTime
