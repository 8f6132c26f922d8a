"""Tasks as people see and settle them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output, UtcTime


class TaskOut(Output):
    """A message to be brought by hand; `person` and `phone` masked. `result` and `proof_sha256` once it is settled."""

    id: UUID
    kind: str
    message_id: UUID
    template: str
    message_class: str
    community_id: UUID | None
    place: str | None
    person_id: UUID
    person: str | None
    phone: str | None
    state: str
    due_at: UtcTime
    assignee_id: UUID | None
    number: str | None
    content_hash: str | None
    printed_at: UtcTime | None
    printed_by: UUID | None
    result: str | None
    note: str | None
    proof_sha256: str | None
    done_at: UtcTime | None
    done_by: UUID | None
    created_at: UtcTime
    version: int


class TaskOpenedOut(Output):
    """What whoever brings it needs: whom, where, and the words. Opening it is recorded."""

    task: TaskOut
    person: str | None
    phone: str | None
    place: str | None
    title: str
    body: str
    results: list[str]


class AssignIn(Input):
    """On whose list it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"assignee_id": "0195a1b2-0000-7000-8000-000000000001"}]})

    assignee_id: UUID


class ResultIn(Input):
    """What came of it: of a call reached, no_answer, wrong_number or refused; of a visit met, note_left, nobody_home or
    refused; of a letter posted, handed_over, door, returned or refused. A letter on the door and a note that was left
    want the hash of a photo."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"result": "reached", "note": "本人接听，表示知晓", "at": None}]}
    )

    result: Literal[
        "reached",
        "no_answer",
        "wrong_number",
        "refused",
        "met",
        "note_left",
        "nobody_home",
        "posted",
        "handed_over",
        "door",
        "returned",
    ]
    at: UtcTime | None = None
    note: str | None = Field(default=None, max_length=500)
    proof_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
