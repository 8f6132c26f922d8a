"""What is known of a case that its rules judge: the fields are the columns of ``tickets`` of the same names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from services.ticketing.domain.limits import Pause


@dataclass(frozen=True, slots=True)
class Facts:
    """A case as its rules see it. Times are UTC; ``received_at`` is when the owner told us, not when we typed it.

    ``deadline_set_at`` is when the deadline was agreed; ``contacted_at`` belongs to a follow-up call and ``pauses`` are
    rows of their own: no columns of the ticket. ``state_since`` is when the case came into its state,
    ``followed_up_at`` when staff first noted what they found out. ``rated_at`` and ``signed_at`` speak of the present
    round: reopening clears them. ``fields`` are those of the kind, with what its deeds added; times in them are text.
    """

    state: str
    received_at: datetime
    state_since: datetime | None = None
    channel: str = "phone"
    urgency: str = "normal"
    complex: bool = False
    major: bool = False
    appointment: datetime | None = None
    assignee_id: UUID | None = None
    department: str | None = None
    handler_id: UUID | None = None
    dispatched_at: datetime | None = None
    followed_up_at: datetime | None = None
    responded_at: datetime | None = None
    arrived_at: datetime | None = None
    plan_sent_at: datetime | None = None
    plan_text: str | None = None
    deadline: datetime | None = None
    deadline_set_at: datetime | None = None
    authority_deadline: datetime | None = None
    completed_at: datetime | None = None
    result: str | None = None
    valid: bool | None = None
    rating: int | None = None
    satisfied: bool | None = None
    rated_at: datetime | None = None
    signed_at: datetime | None = None
    closed_at: datetime | None = None
    cancelled_at: datetime | None = None
    rounds: int = 1
    fields: Mapping[str, Any] = field(default_factory=dict)
    contacted_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def cancelled(self) -> bool:
        """Taken back by the owner: no clock of the case runs on."""
        return self.cancelled_at is not None

    def time(self, name: str) -> datetime | None:
        """A time that a deed left in the fields; None while it is not known."""
        told = self.fields.get(name)
        return datetime.fromisoformat(told) if told else None


#: Columns of ``tickets`` that a command may change.
COLUMNS = tuple(f.name for f in fields(Facts) if f.name not in ("contacted_at", "pauses"))


def changed(before: Facts, after: Facts) -> dict[str, Any]:
    """The columns that differ, with their new values."""
    return {name: getattr(after, name) for name in COLUMNS if getattr(after, name) != getattr(before, name)}
