"""``/billing/v1/dunning-cases/{id}/pack`` and ``/billing/v1/legal-packets``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import Row

from services.billing.clients import fetch_message_proofs
from services.billing.legal import service
from services.billing.legal.schemas import PacketFull, PacketIn, PacketOut, PackOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, own_transactions, page_of, problems, service_router
from shared.http.schemas import MoneyModel
from shared.runtime import Runtime
from shared.telemetry.context import request_id

router = service_router(prefix="/v1", tags=["legal packets"])


def _fields(row: Row[Any]) -> dict[str, Any]:
    names = ("id", "number", "case_id", "community_id", "unit_id", "oldest_due", "due_from", "deadline")
    more = ("limitation_on", "manifest", "manifest_hash", "submitted_at", "submitted_by", "on_time")
    return {
        **{name: getattr(row, name) for name in (*names, *more)},
        "amount": MoneyModel.of_fen(row.amount_fen),
    }


async def _messages(rt: Runtime, who: Principal, case_id: UUID) -> list[dict[str, Any]]:
    """Notify's proofs of a case's reminders. Raises NoSuchCase, PeerDown."""
    async with rt.db.read(who.org) as tx:
        steps = await service.reminders(tx, who, case_id)
    return await fetch_message_proofs(rt, who.org, steps)


@router.get("/dunning-cases/{case_id}/pack", operation_id="get_dunning_pack", responses=problems(404))
async def get_dunning_pack(
    case_id: UUID, who: Annotated[Principal, allow("legal_packet.read")], request: Request
) -> PackOut:
    """Everything about a case in one answer, with a manifest of hashes; the proofs of messages come from notify."""
    rt = request.app.state.runtime
    messages = await _messages(rt, who, case_id)
    async with rt.db.read(who.org) as tx:
        made = await service.pack(tx, who, case_id, messages)
    return PackOut(
        case_id=case_id,
        amount=MoneyModel.of_fen(made.amount_fen),
        oldest_due=made.oldest_due,
        due_from=made.due_from,
        deadline=made.deadline,
        limitation_on=made.limitation_on,
        parts=dict(made.parts),
        manifest=dict(made.manifest),
        manifest_hash=made.manifest_hash,
    )


@router.post("/legal-packets", status_code=201, operation_id="submit_legal_packet", responses=problems(404, 409))
@own_transactions  # notify is asked in between; a repeat is told that the case was submitted
async def submit_legal_packet(
    body: PacketIn, who: Annotated[Principal, allow("legal_packet.submit")], request: Request, response: Response
) -> PacketOut:
    """Submit a case to the legal department: its pack is frozen as it stands."""
    rt = request.app.state.runtime
    messages = await _messages(rt, who, body.case_id)
    async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id.get()) as tx:
        packet_id = await service.submit(tx, who, body.case_id, messages)
        row = await service.get(tx, who, packet_id)
    created(response, f"/billing/v1/legal-packets/{packet_id}")
    return PacketOut(**_fields(row))


@router.get("/legal-packets", operation_id="list_legal_packets")
async def list_legal_packets(
    tx: TxDep,
    who: Annotated[Principal, allow("legal_packet.read")],
    page: PageDep,
    community_id: UUID | None = None,
) -> Page[PacketOut]:
    """Packets, the latest first."""
    before = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, community_id, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, lambda row: PacketOut(**_fields(row)))


@router.get("/legal-packets/{packet_id}", operation_id="get_legal_packet", responses=problems(404))
async def get_legal_packet(
    packet_id: UUID, tx: TxDep, who: Annotated[Principal, allow("legal_packet.read")]
) -> PacketFull:
    """One packet with everything that was submitted."""
    row = await service.get(tx, who, packet_id)
    return PacketFull(**_fields(row), parts=row.content)
