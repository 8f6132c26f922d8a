"""Putting a message's proof together, and looking whether it is what it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from services.notify.domain.proof import attempt_entry, canonical, receipt_entry, walk
from services.notify.errors import NoSuchMessage
from services.notify.messages.service import scope
from services.notify.proofs import repository
from services.notify.proofs.schemas import DeliveryProofOut, ProofEntryOut, ProofOut
from shared.auth import Principal
from shared.db.tx import Tx

#: Messages of one answer.
MOST: Final = 1000


async def proof(tx: Tx, who: Principal, message_id: UUID) -> ProofOut:
    """The proof of one message; NoSuchMessage (404) outside the caller's scope."""
    row = await repository.message(tx, message_id, await scope(tx, who))
    if row is None:
        raise NoSuchMessage
    [made] = await _made(tx, [row])
    return made


async def proofs(tx: Tx, who: Principal, subjects: Sequence[UUID]) -> list[ProofOut]:
    """The proofs of all messages about these subjects within the caller's scope."""
    return await _made(tx, await repository.of_subjects(tx, subjects, await scope(tx, who), MOST))


async def _made(tx: Tx, rows: Sequence[Any]) -> list[ProofOut]:
    ways = await repository.deliveries_of(tx, [row.id for row in rows]) if rows else []
    ids = [way.id for way in ways]
    entries: dict[UUID, list[Mapping[str, Any]]] = {}
    if ids:
        for attempt in await repository.attempts_of(tx, ids):
            entries.setdefault(attempt.delivery_id, []).append(_entry(attempt, attempt_entry(dict(attempt._mapping))))
        for receipt in await repository.receipts_of(tx, ids):
            entries.setdefault(receipt.delivery_id, []).append(_entry(receipt, receipt_entry(dict(receipt._mapping))))
    by_message: dict[UUID, list[DeliveryProofOut]] = {}
    for way in ways:
        by_message.setdefault(way.message_id, []).append(_way(way, entries.get(way.id, [])))
    return [_proof(row, by_message.get(row.id, [])) for row in rows]


def _entry(row: Any, content: Mapping[str, Any]) -> dict[str, Any]:
    return {"link": row.link, "content": content}


def _way(way: Any, entries: Sequence[Mapping[str, Any]]) -> DeliveryProofOut:
    chain = walk(way.id, way.link, [(entry["link"], entry["content"]) for entry in entries])
    unlinked = [(None, entry["content"]) for entry in entries if entry["link"] is None]
    shown = [_shown(link, content) for link, content in [*unlinked, *chain.entries]]
    return DeliveryProofOut(
        id=way.id, channel=way.channel, state=way.state, head=way.link, intact=chain.intact, entries=shown
    )


def _shown(link: str | None, content: Mapping[str, Any]) -> ProofEntryOut:
    receipt = content["kind"] == "receipt"
    outcome = ("arrived" if content["arrived"] else "not_arrived") if receipt else content["outcome"]
    return ProofEntryOut(
        kind=content["kind"],
        provider=content["provider"],
        reference=content["reference"],
        outcome=outcome,
        at=(content["at"] or content["recorded_at"]) if receipt else content["ended_at"],
        content=canonical(content).decode(),
        link=link,
    )


def _proof(row: Any, ways: list[DeliveryProofOut]) -> ProofOut:
    told: dict[str, Any] = {
        "message_id": row.id,
        "cause_id": row.cause_id,
        "cause_type": row.cause_type,
        "subject_id": row.subject_id,
        "person_id": row.person_id,
        "template": row.template,
        "template_version": row.template_version,
        "template_version_id": row.template_version_id,
        "locale": row.locale,
        "message_class": row.message_class,
        "content_hash": row.digest,
        "created_at": row.created_at,
        "read_at": row.read_at,
        "deliveries": ways,
    }
    whole = ProofOut(**told, proof_hash="")
    plain = canonical(whole.model_dump(mode="json", exclude={"proof_hash"}))
    return whole.model_copy(update={"proof_hash": sha256(plain).hexdigest()})
