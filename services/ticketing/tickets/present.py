"""Stored rows as they go out: personal fields masked, states named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.domain.kind import kinds
from services.ticketing.domain.signatures import document_hash
from services.ticketing.domain.ticket_events import entry_name
from services.ticketing.tickets.schemas import ContactOut, EntryOut, TicketOut
from services.ticketing.tickets.signature_schemas import OpenSignatureOut, SignatureOut
from shared.http.schemas import Text
from shared.masking import mask_email, mask_name, mask_phone

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
        email=mask_email(contact.get("email")),
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


def present_signature(row: Row[Any], sealed: Mapping[str, Any] | None) -> SignatureOut:
    """A signature without its artefact; the signer's name masked, empty once the person was erased."""
    return SignatureOut(**_signature(row), signer_name=mask_name((sealed or {}).get("name")) or "")


def present_open_signature(row: Row[Any], sealed: Mapping[str, Any] | None) -> OpenSignatureOut:
    """A signature in full; neither name nor artefact is left of an erased person's."""
    known = sealed or {}
    return OpenSignatureOut(**_signature(row), signer_name=known.get("name"), artefact=known.get("artefact"))


def _signature(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SignatureOut.model_fields if name != "signer_name"}
