"""The packet for the legal department: after three full months and a written demand in vain (B-071, C-061)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.domain.dunning import CASE_OPEN, DONE, LEGAL, MISSED, SUSPENDED, UNDONE
from services.billing.domain.dunning_contacts import on_time
from services.billing.dunning import repository as dunning
from services.billing.dunning.cases import visible as visible_case
from services.billing.dunning.errors import (
    CaseSettled,
    NoSuchPacket,
    PacketExists,
    PacketTooEarly,
    PacketWithoutDemand,
)
from services.billing.dunning.plans import midnight_after, policy_of
from services.billing.errors import NoSuchCommunity
from services.billing.legal import repository
from services.billing.legal.pack import Pack, compile_pack
from services.billing.models import legal_packets
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7


async def reminders(tx: Tx, who: Principal, case_id: UUID) -> list[UUID]:
    """The steps of a case for which notify was asked to write. Raises NoSuchCase."""
    await visible_case(tx, who, case_id)
    return [step.id for step in await dunning.steps_of_case(tx, case_id) if step.asked_at is not None]


async def pack(tx: Tx, who: Principal, case_id: UUID, messages: Sequence[Mapping[str, Any]]) -> Pack:
    """The case with all its evidence as it stands now; `messages` are notify's proofs. Raises NoSuchCase."""
    case = await visible_case(tx, who, case_id)
    community = await access.community(tx, who, case.community_id)
    return await compile_pack(tx, case, community.zone, await policy_of(tx, case.community_id), messages)


async def submit(tx: Tx, who: Principal, case_id: UUID, messages: Sequence[Mapping[str, Any]]) -> UUID:
    """Submit a case with its pack, frozen; `messages` are notify's proofs of its reminders.

    Raises:
        NoSuchCase: outside the caller's scope. CaseSettled: nothing is owed (409). PacketExists: submitted (409).
        PacketTooEarly: three full months are not over (409).
        PacketWithoutDemand: no demand was served, or its term still runs (409).
    """
    seen = await visible_case(tx, who, case_id)
    community = await access.community(tx, who, seen.community_id)
    (case,) = await dunning.cases(tx, [case_id], lock=True)
    if case.state != CASE_OPEN:
        raise CaseSettled()
    if case.packet_id is not None:
        earlier = await repository.get(tx, case.packet_id)
        raise PacketExists(number="" if earlier is None else earlier.number)
    policy = await policy_of(tx, case.community_id)
    made = await compile_pack(tx, case, community.zone, policy, messages)
    today = tx.now.astimezone(community.zone).date()
    # row: F-086, C-061, D-036 not before three full months are over
    if today < made.due_from:
        raise PacketTooEarly(due_from=made.due_from.isoformat(), months=policy.legal_months)
    if case.demand_term_on is None or today <= case.demand_term_on:
        raise PacketWithoutDemand()
    packet_id, in_time = uuid7(), on_time(tx.now, midnight_after(made.deadline, community.zone))
    number = f"FW{today:%Y%m}-{await tx.number(f'legal_packet.{today:%Y-%m}'):06d}"
    # row: E-015, C-061 owner, house, bills and dunning evidence go as one
    await repository.add(
        tx,
        {
            "id": packet_id,
            "number": number,
            "case_id": case_id,
            "community_id": case.community_id,
            "unit_id": case.unit_id,
            "amount_fen": made.amount_fen,
            "oldest_due": made.oldest_due,
            "due_from": made.due_from,
            "deadline": made.deadline,
            "limitation_on": made.limitation_on,
            "content": dict(made.parts),
            "manifest": dict(made.manifest),
            "manifest_hash": made.manifest_hash,
            "submitted_at": tx.now,
            "submitted_by": who.sub,
            "on_time": in_time,
        },
    )
    await dunning.move_case(tx, case_id, {"packet_id": packet_id})
    for step in await dunning.steps_of_case(tx, case_id, (*UNDONE, MISSED, SUSPENDED)):
        if step.kind == LEGAL:
            done = {"state": DONE, "result": "submitted", "done_at": tx.now, "done_by": who.sub}
            await dunning.move_steps(tx, [step.id], {**done, "on_time": on_time(tx.now, step.due_at)})
    tx.emit(
        "legal.packet.submitted.v1",
        subject=packet_id,
        seq=1,
        community_id=case.community_id,
        data={
            "packet_id": str(packet_id),
            "case_id": str(case_id),
            "unit_id": str(case.unit_id),
            "payer_id": None if case.payer_id is None else str(case.payer_id),
            "number": number,
            "amount_fen": made.amount_fen,
            "oldest_due": made.oldest_due.isoformat(),
            "due_from": made.due_from.isoformat(),
            "deadline": made.deadline.isoformat(),
            "on_time": in_time,
        },
    )
    tx.audit("legal_packet.submitted", "legal_packet", packet_id, after={"number": number})
    return packet_id


async def get(tx: Tx, who: Principal, packet_id: UUID) -> Row[Any]:
    """One packet. Raises NoSuchPacket."""
    row = await repository.get(tx, packet_id)
    if row is None:
        raise NoSuchPacket()
    try:
        await access.community(tx, who, row.community_id)
    except NoSuchCommunity:
        raise NoSuchPacket() from None
    return row


async def page(
    tx: Tx, who: Principal, community_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Packets within the caller's scope."""
    c = legal_packets.c
    wanted = [] if community_id is None else [c.community_id == community_id]
    reach = access.within_reach(tx, who, c.unit_id, c.community_id)
    return await repository.page(tx, [*reach, *wanted], before, limit)
