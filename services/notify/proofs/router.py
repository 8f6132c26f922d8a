"""``/notify/v1/messages/{id}/proof`` and ``/notify/v1/message-proofs``."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.notify.proofs import service
from services.notify.proofs.schemas import ProofOut, ProofsOut
from shared.auth import Principal, allow
from shared.http.routing import TxDep, problems, service_router

router = service_router(prefix="/v1", tags=["messages"])

Reader = Annotated[Principal, allow("message.prove")]


@router.get("/messages/{message_id}/proof", operation_id="prove_message", responses=problems(404))
async def prove_message(message_id: UUID, tx: TxDep, who: Reader) -> ProofOut:
    """Every attempt and receipt of a message with provider, id, time and content hash, in a chain of hashes."""
    return await service.proof(tx, who, message_id)


@router.get("/message-proofs", operation_id="list_message_proofs")
async def list_message_proofs(
    tx: TxDep,
    who: Reader,
    subject_id: Annotated[list[UUID], Query(min_length=1, max_length=100, description="Steps, tickets or bills")],
) -> ProofsOut:
    """The proofs of all messages about some subjects within reach, the oldest first."""
    return ProofsOut(items=await service.proofs(tx, who, subject_id))
