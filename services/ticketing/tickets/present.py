"""Stored rows as they go out: personal fields masked, states named, clocks explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import zone_of
from services.ticketing.domain.clock_texts import explain, explain_gate
from services.ticketing.domain.kind import clock_specs, kinds
from services.ticketing.domain.masking import mask_email, mask_name, mask_phone
from services.ticketing.domain.signatures import document_hash
from services.ticketing.domain.ticket_events import entry_name
from services.ticketing.tickets.casework import facts_of
from services.ticketing.tickets.repository import clock_of
from services.ticketing.tickets.schemas import ClockOut, ClocksOut, ContactOut, EntryOut, SignatureOut, TicketOut
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
        email=mask_email(contact.get("email")),
        person_id=UUID(person) if person else None,
    )


def present_clocks(ticket: Row[Any], clocks: Sequence[Row[Any]], now: datetime) -> ClocksOut:
    """Every promise of a ticket with its explanation at ``now``, gates last."""
    zone = zone_of(ticket.timezone)
    items = [_clock(row, now, zone) for row in clocks]
    kind = kinds()[ticket.kind]
    facts = facts_of(ticket)
    for gate in kind.gates:
        met_at = gate.met(facts)
        zh, en = explain_gate(gate, met_at, zone)
        items.append(
            ClockOut(
                clock=gate.code,
                row=gate.row,
                name=Text(zh=gate.zh, en=gate.en),
                subject_id=ticket.id,
                from_at=None,
                due_at=None,
                met_at=met_at,
                breached_at=None,
                counted_seconds=None,
                allowed_seconds=None,
                calendar="24x7",
                policy=kind.policy,
                state="open" if met_at is None else "met",
                explanation=Text(zh=zh, en=en),
            )
        )
    return ClocksOut(ticket_id=ticket.id, as_of=now, items=items)


def _clock(row: Row[Any], now: datetime, zone: Any) -> ClockOut:
    spec = clock_specs()[row.clock]
    told = explain(clock_of(row), spec, now, zone)
    return ClockOut(
        clock=row.clock,
        row=spec.row,
        name=Text(zh=spec.zh, en=spec.en),
        subject_id=row.subject_id,
        from_at=row.from_at,
        due_at=row.due_at,
        met_at=row.met_at,
        breached_at=row.breached_at,
        counted_seconds=int(told.counted.total_seconds()),
        allowed_seconds=int(told.allowed.total_seconds()),
        calendar="24x7",
        policy=row.policy,
        state=row.state,
        explanation=Text(zh=told.zh, en=told.en),
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
