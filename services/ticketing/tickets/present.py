"""Stored rows as they go out: personal fields masked, states named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.domain.kind import kinds
from services.ticketing.domain.masking import mask_name, mask_phone
from services.ticketing.domain.signatures import document_hash
from services.ticketing.domain.ticket_events import entry_name
from services.ticketing.tickets.schemas import ContactOut, EntryOut, SignatureOut, TicketOut
from shared.http.schemas import Text

_SAME = tuple(
    name
    for name in TicketOut.model_fields
    if name not in {"state_name", "contact", "attachments", "recorded_at", "document_hash", "actions"}
)


def present_ticket(row: Row[Any]) -> TicketOut:
    """A stored ticket."""
    return present_new(row._asdict())


def present_new(row: Mapping[str, Any]) -> TicketOut:
    """A ticket from its columns. What comes from our own tables is not validated a second time."""
    kind = kinds()[row["kind"]]
    state = kind.state(row["state"])
    contact = row["contact"]
    return TicketOut.model_construct(
        **{name: row[name] for name in _SAME},
        state_name=Text.model_construct(zh=state.zh, en=state.en),
        contact=_masked(contact) if contact else None,
        attachments=[UUID(a) for a in row["attachments"]],
        recorded_at=row["created_at"],
        document_hash=document_hash(row) if row["completed_at"] is not None else None,
        actions=[a for a in kind.allowed(row["state"]) if a not in ("close", "refuse-signature")],
    )


def _masked(contact: Mapping[str, Any]) -> ContactOut:
    person = contact.get("person_id")  # JSON knows no UUIDs
    return ContactOut.model_construct(
        name=mask_name(contact.get("name")),
        phone=mask_phone(contact.get("phone")),
        person_id=UUID(person) if person else None,
    )


def present_entry(row: Row[Any]) -> EntryOut:
    """A line of the history."""
    zh, en = entry_name(row.action)
    return EntryOut(
        id=row.id,
        action=row.action,
        action_name=Text(zh=zh, en=en),
        state=row.state,
        public=row.public,
        actor_id=row.actor_id,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        late_reason=row.late_reason,
        data=row.data,
    )


def present_signature(row: Row[Any]) -> SignatureOut:
    """A signature without its artefact."""
    return SignatureOut(
        id=row.id,
        refused=row.refused,
        method=row.method,
        signer_id=row.signer_id,
        signer_name=mask_name(row.signer_name) or "",
        has_artefact=row.signature is not None,
        document_hash=row.document_hash,
        signed_at=row.signed_at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )
