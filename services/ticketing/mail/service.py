"""Taking mail in: known once, machines left out, files checked, then a note in the sender's case or a new one."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.ticketing.access import zone_of
from services.ticketing.domain.kind import kinds
from services.ticketing.domain.mail_rules import MOST_AN_HOUR, machine, may_speak, tag_of, tagged
from services.ticketing.errors import TooManyWaiting
from services.ticketing.files.attaching import attach
from services.ticketing.files.service import upload
from services.ticketing.mail import repository
from services.ticketing.mail.parsing import Attached, Mail, parse
from services.ticketing.sessions.secrets import Vault, to_text
from services.ticketing.tickets import intake
from services.ticketing.tickets import service as tickets
from services.ticketing.tickets.schemas import ContactIn, NoteIn, TicketIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.files import FileDamaged, FileTooLarge, FileTypeRefused
from shared.ids import uuid7
from shared.runtime import Runtime

_LONGEST_NOTE: Final = 5000
_HOUR: Final = timedelta(hours=1)
_UNTITLED: Final = "（无主题）"
_CUT: Final = "……（全文见邮件记录）"


def token_of(vault: Vault, ticket: Row[Any]) -> str:
    """What lets an answer into this case, whoever sends it: only our own answers carry it."""
    return to_text(vault.hash("mail-reply", ticket.org_id.bytes, ticket.id.bytes)[:12])


def _caller(connection: Row[Any]) -> Principal:
    """The mailbox itself: what it takes in is recorded as its doing, within its own community."""
    return Principal(
        sub=connection.id,
        org=connection.org_id,
        roles=frozenset({"integrator"}),
        units=frozenset({connection.org_unit_id}),
        scope=frozenset({"ticket.create", "ticket.note"}),
    )


async def take_in(rt: Runtime, vault: Vault, connection: Row[Any], data: bytes) -> tuple[Row[Any], bool]:
    """Take a raw message in; the message as it is kept, and whether it had come before.

    Raises:
        MailUnreadable: it is no message.
        StorageMissing: the object store is away; the relay tries again.
    """
    mail = await asyncio.to_thread(parse, data)
    async with rt.db.read(connection.org_id) as tx:
        known = await repository.known(tx, connection.id, mail.message_id)
    if known is not None:
        return known, True
    reason = machine(mail.headers, mail.sender, {connection.address})
    who = _caller(connection)
    # row: C-043 nothing that machines send opens or says anything
    files, refused = await _files(rt, who, mail.files) if reason is None else ([], [])
    async with rt.db.tx(connection.org_id, actor_id=connection.id) as tx:
        row = {
            "id": uuid7(),
            "connection_id": connection.id,
            "message_id": mail.message_id,
            "sender": mail.sender,
            "subject": mail.subject,
            "text": mail.text if reason is None else None,
            "outcome": "ignored",
            "reason": reason,
            "attachments": [],
            "refused": refused,
        }
        fresh = await repository.claim(tx, row)
        if fresh and reason is None:
            await repository.settle(tx, row["id"], await _settled(tx, vault, connection, who, mail, files, refused))
        found = await repository.known(tx, connection.id, mail.message_id)
    assert found is not None  # stored just now, or before
    return found, not fresh


async def _files(
    rt: Runtime, who: Principal, files: Sequence[Attached]
) -> tuple[list[UUID], list[dict[str, str]]]:
    """Files that may be kept, and for the others why not; they wait to be attached, as anybody's do."""
    kept, refused = [], []
    for position, file in enumerate(files):
        try:
            kept.append((await upload(rt, who, file.data, file.name)).id)
        except (FileTypeRefused, FileDamaged, FileTooLarge, TooManyWaiting) as problem:
            why = {"position": str(position + 1), "code": problem.code}
            refused.append({**why, "zh": problem.sentence("zh"), "en": problem.sentence("en")})
    return kept, refused


async def _settled(
    tx: Tx,
    vault: Vault,
    connection: Row[Any],
    who: Principal,
    mail: Mail,
    files: Sequence[UUID],
    refused: Sequence[dict[str, str]],
) -> dict[str, Any]:
    """What becomes of a person's message: a note in a case that it may speak in, else a new case."""
    zone = zone_of(connection.timezone)
    person_id, unit_id = await _who(tx, connection, mail.sender, zone)
    known = {"person_id": person_id, "attachments": list(files)}
    ticket = await _case_of(tx, vault, connection, mail)
    if ticket is not None and "follow-up-note" in kinds()[ticket.kind].allowed(ticket.state):
        note = _cut("\n".join(filter(None, (mail.subject, mail.text, _lost(refused)))) or _UNTITLED)
        await tickets.command(tx, who, ticket.id, "follow-up-note", NoteIn(note=note, public=True), None)
        await attach(tx, who, files, "ticket", ticket.id)
        return {**known, "outcome": "threaded", "ticket_id": ticket.id}
    if await repository.opened_since(tx, mail.sender, tx.now - _HOUR) >= MOST_AN_HOUR:
        return {"person_id": person_id, "reason": "flood"}
    body = TicketIn(
        community_id=connection.community_id,
        kind=connection.ticket_kind,
        unit_id=unit_id,
        summary=mail.subject or _UNTITLED,
        detail=_cut("\n".join(filter(None, (mail.text, _lost(refused))))) or None,
        channel="email",
        contact=ContactIn(name=mail.sender_name or None, email=mail.sender, person_id=person_id),
        attachments=list(files),
    )
    made = await intake.create(tx, who, body)
    return {**known, "outcome": "opened", "ticket_id": made["id"]}


async def _who(tx: Tx, connection: Row[Any], sender: str, zone: ZoneInfo) -> tuple[UUID | None, UUID | None]:
    """Whose address it is in this community, and their unit if they have only one there."""
    day = tx.now.astimezone(zone).date()
    found = await repository.homes_of(tx, sender, connection.community_id, day)
    people, homes = {row.person_id for row in found}, {row.unit_id for row in found}
    if len(people) != 1:
        return None, None
    return people.pop(), homes.pop() if len(homes) == 1 else None


async def _case_of(tx: Tx, vault: Vault, connection: Row[Any], mail: Mail) -> Row[Any] | None:
    tag = tag_of(mail.subject)
    ticket = await repository.ticket_of(tx, connection, tag.number if tag else None, mail.references)
    if ticket is None:
        return None
    token, wanted = tag.token if tag else None, token_of(vault, ticket)
    if token is not None and not hmac.compare_digest(token.encode(), wanted.encode()):
        return None
    allowed = may_speak(mail.sender, await repository.senders_of(tx, ticket), token, wanted)
    return ticket if allowed else None


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _LONGEST_NOTE else text[: _LONGEST_NOTE - len(_CUT)] + _CUT


def _lost(refused: Sequence[dict[str, str]]) -> str:
    return "\n".join(f"[附件 {item['position']} 未收下：{item['zh']}]" for item in refused)


async def of_ticket(
    tx: Tx, who: Principal, vault: Vault, ticket_id: UUID
) -> tuple[str, Sequence[Row[Any]]]:
    """The subject tag of a ticket and its mail. Raises NoSuchTicket."""
    ticket = await tickets.find(tx, who, ticket_id)
    return tagged(ticket.number, token_of(vault, ticket)), await repository.of_ticket(tx, ticket_id)
