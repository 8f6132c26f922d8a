"""What a resident sees of their messages."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output, UtcTime


class InboxMessageOut(Output):
    """One message in the reader's language; `subject_id` is the ticket or bill it is about."""

    id: UUID
    template: str
    message_class: str
    title: str
    body: str
    cause_type: str
    subject_id: UUID
    community_id: UUID | None
    created_at: UtcTime
    read_at: UtcTime | None


class UnreadOut(Output):
    """How many messages are not read yet."""

    unread: int


class ReadIn(Input):
    """Which messages were read; null for all of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ids": ["0195a1b2-0000-7000-8000-000000000001"]}]})

    ids: Annotated[list[UUID], Field(min_length=1, max_length=200)] | None
