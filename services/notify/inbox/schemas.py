"""What a resident sees of their messages."""

from __future__ import annotations

from uuid import UUID

from shared.http.schemas import Output, UtcTime


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
