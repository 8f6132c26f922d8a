"""Issuing a form: fill in, register number and hash, typeset outside of any transaction."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row

from services.ticketing.access import zone_of
from services.ticketing.documents import repository
from services.ticketing.documents.form import Form, Subject
from services.ticketing.documents.papers import numbered
from services.ticketing.errors import NoSuchDocument
from services.ticketing.personal.openings import opened
from services.ticketing.slips.repository import of_ticket as slips_of
from services.ticketing.tickets import service as tickets
from shared.auth import Principal
from shared.db.tx import Tx
from shared.documents import content_hash, render
from shared.runtime import Runtime

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Printed:
    """A document as it is handed out."""

    number: str
    sha256: str
    issued_at: datetime
    pdf: bytes


async def print_form(rt: Runtime, who: Principal, ticket_id: UUID, form: Form, request_id: str) -> Printed:
    """The form of a ticket as it stands: the same content is the same number and the same bytes.

    The person's name and telephone stand on it in full, so it is recorded as an opening of their data.

    Raises:
        NoSuchTicket: unknown, or outside the caller's reach.
        NoSuchDocument: tickets of this kind have no such form.
    """
    async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id) as tx:
        row, content = await _register(tx, who, ticket_id, form)
    pdf = await asyncio.to_thread(render, form.template, content, row.issued_at)
    digest = hashlib.sha256(pdf).hexdigest()
    if row.sha256 is None:
        async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id) as tx:
            await repository.keep_hash(tx, row.id, digest)
    elif row.sha256 != digest:
        log.error("document.differs", document_id=str(row.id), was=row.sha256, now=digest)
    return Printed(row.number, digest, row.issued_at, pdf)


async def _register(tx: Tx, who: Principal, ticket_id: UUID, form: Form) -> tuple[Row[Any], dict[str, Any]]:
    ticket = await tickets.find(tx, who, ticket_id)
    if ticket.kind not in form.kinds:
        raise NoSuchDocument()
    subject, person_id, organisation = await _subject(tx, ticket)
    content = dict(form.content(subject))
    told = content_hash(content)
    row = await numbered(tx, form.slug, form.template.hash, told, form.prefix, ticket_id, subject.zone)
    content["document"] = {
        "number": row.number,
        "content_hash": told,
        "issued_at": subject.local(row.issued_at),
        "organisation": organisation,
    }
    tx.audit("document.issued", "ticket", ticket_id, after={"number": row.number, "form": form.slug})
    # A passer-by's name on a form is opened as well, though nobody of the register is meant.
    if subject.name or subject.phone:
        reason = f"{form.zh} {row.number}"
        opened(tx, "document.opened", "ticket", ticket_id, person_id=person_id, reason=reason)
    return row, content


async def _subject(tx: Tx, ticket: Row[Any]) -> tuple[Subject, UUID | None, str]:
    place = await repository.place(tx, ticket.community_id, ticket.unit_id)
    contact = ticket.contact or {}
    person_id = UUID(contact["person_id"]) if contact.get("person_id") else ticket.reporter_id
    person = await repository.person(tx, person_id) if person_id is not None else None
    unit = " ".join(part for part in (place.building, place.number) if part)
    subject = Subject(
        ticket=ticket._asdict(),
        community=place.community,
        address=" ".join(part for part in (place.address, place.community, unit) if part),
        unit=unit,
        name=contact.get("name") or (person.name if person is not None else None) or "",
        phone=contact.get("phone") or (person.phone if person is not None else None) or "",
        assignee=await repository.staff_name(tx, ticket.assignee_id) if ticket.assignee_id else "",
        zone=zone_of(ticket.timezone),
        calls=await repository.calls(tx, ticket.id),
        slips=[row._asdict() for row in await slips_of(tx, ticket.id) if row.state != "void"],
    )
    return subject, person.id if person is not None else None, place.organisation or ""
