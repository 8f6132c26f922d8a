"""What goes in and out of ``/ticketing/v1/assignments``."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row

from services.ticketing.domain.duties import DESIGNATIONS, SKILLS
from shared.auth.roles import EMPLOYED
from shared.http.schemas import Input, Output, Text, UtcTime

Kind = Literal["role", "designation", "skill"]
Reason = Annotated[str, Field(min_length=2, max_length=500)]
Code = Annotated[
    str,
    Field(
        max_length=40,
        description="A role, a designation or a skill, as `kind` says",
        json_schema_extra={"enum": sorted({*EMPLOYED, *DESIGNATIONS, *SKILLS})},
        examples=["archivist"],
    ),
]


class AssignmentIn(Input):
    """A duty for a member of staff in an org unit and below, from an instant up to, not including, another."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person_id": "01955a3e-7c00-7000-8000-00000000000c",
                    "org_unit_id": "01955a3e-7c00-7000-8000-000000000003",
                    "kind": "designation",
                    "code": "archivist",
                    "since": "2025-03-31T16:00:00Z",
                    "until": None,
                    "reason": "原档案管理员调岗",
                }
            ]
        }
    )

    person_id: UUID
    org_unit_id: UUID
    kind: Kind
    code: Code
    since: Annotated[UtcTime | None, Field(description="Now unless given")] = None
    until: Annotated[UtcTime | None, Field(description="The first instant at which it holds no more")] = None
    reason: Reason
    acting_for: Annotated[UUID | None, Field(description="Of an acting deputy: whose place is taken; wants an end")] = (
        None
    )
    propose: Annotated[bool, Field(description="Ask those above to decide, where it is not yours to decide")] = False


class EndAssignmentIn(Input):
    """When an assignment ends (now, unless given), and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "培训期满"}]})

    at: UtcTime | None = None
    reason: Reason


class AssignmentOut(Output):
    """A dated duty. ``state`` is proposed, decided or refused; ``holds`` tells whether it holds now."""

    id: UUID
    version: int
    person_id: UUID
    org_unit_id: UUID
    kind: str
    code: str
    since: UtcTime
    until: UtcTime | None
    state: str
    holds: bool
    reason: str
    acting_for: UUID | None
    made_by: UUID | None
    decided_by: UUID | None
    ended_by: UUID | None
    created_at: UtcTime
    updated_at: UtcTime


class DutyOut(Output):
    """A duty that can be handed out, and who decides about it; everybody else may propose."""

    kind: str
    code: str
    name: Text
    decided_by: list[str]
    one_holder: bool


def assignment_out(row: Row[Any], now: Any) -> AssignmentOut:
    """A stored assignment as it is answered."""
    same = {name: getattr(row, name) for name in AssignmentOut.model_fields if name != "holds"}
    holds = row.state == "decided" and row.since <= now and (row.until is None or now < row.until)
    return AssignmentOut(**same, holds=holds)
