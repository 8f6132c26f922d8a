"""A person's cases: what they reported, what they signed, whom we were to call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.ticketing.files.repository import locked
from services.ticketing.files.service import drop
from services.ticketing.tickets import persons, signatures
from services.ticketing.tickets.service import forget_person
from shared.db.tx import Tx
from shared.personal import Found, Holder, rows_of


async def _collect(tx: Tx, person_id: UUID) -> Found:
    cases = await persons.of_person(tx, person_id)
    signed = await signatures.unsealed(tx, await persons.signatures_of_person(tx, person_id))
    return {
        "cases": [_case(row, person_id) for row in rows_of(cases, "recorded_by", "assignee_id", "handler_id")],
        "entries": rows_of(await persons.public_entries(tx, [row.id for row in cases]), "actor_id"),
        "signatures": [
            {**row, "signed": value}
            for row, (_, value) in zip(rows_of([r for r, _ in signed], "sealed", "recorded_by"), signed, strict=True)
        ],
    }


def _case(row: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    # The contact of the case may be somebody else, whose number is not this person's to have.
    contact = row["contact"] or {}
    return row if contact.get("person_id") in (None, str(person_id)) else {**row, "contact": None}


async def _forget(tx: Tx, person_id: UUID) -> None:
    """Their contacts go, and the pictures of their signatures: the strokes in the log go with the key."""
    await forget_person(tx, person_id)
    shown = [row.file_id for row in await persons.signatures_of_person(tx, person_id) if row.file_id is not None]
    await drop(tx, [id for id, row in (await locked(tx, shown)).items() if row.state != "removed"])


HOLDER = Holder(
    "tickets",
    frozenset({"tickets", "ticket_entries", "ticket_signatures"}),
    _collect,
    _forget,
    "保留工单本身及签名的时间与文件摘要（不含姓名、电话、笔迹）：履约考核与争议举证需要",
    "The cases stay, and that they were signed (no name, number or stroke): scores and disputes rest on them",
)
