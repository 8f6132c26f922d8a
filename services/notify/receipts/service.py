"""What a provider's report does to the delivery it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import structlog

from services.notify.domain.channels import Receipt
from services.notify.domain.delivery import State, after_receipt
from services.notify.domain.proof import link, receipt_entry
from services.notify.receipts import repository
from services.notify.sending import claims, records
from services.notify.sending.echo import read_echo
from services.notify.sending.outcome import conclude, confirm
from shared.db.tx import Tx

log = structlog.get_logger(__name__)


def sort_out(key: str, receipts: Sequence[Receipt]) -> tuple[dict[UUID, list[tuple[UUID, Receipt]]], list[Receipt]]:
    """Receipts by organisation with their deliveries, as our echo has it; and those that bring only the provider's
    own id. An echo that we did not make is passed over: it is somebody else's message, or nobody's."""
    known: dict[UUID, list[tuple[UUID, Receipt]]] = {}
    bare: list[Receipt] = []
    for receipt in receipts:
        if not receipt.echo:
            bare.append(receipt)
        elif (told := read_echo(key, receipt.echo)) is None:
            log.warning("receipt.not_ours", reference=receipt.reference)
        else:
            known.setdefault(told[0], []).append((told[1], receipt))
    return known, bare


async def record(tx: Tx, provider: str, receipts: Sequence[tuple[UUID, Receipt]]) -> None:
    """Keep these receipts and let each say its word; one that was here before, or comes too late, changes nothing."""
    for delivery_id, receipt in sorted(receipts, key=lambda pair: pair[0]):
        heads = await records.standing(tx, [delivery_id])
        row = repository.row_of(tx, provider, delivery_id, receipt)
        if heads:
            row["link"] = link(delivery_id, heads[delivery_id].link, receipt_entry(row))
        if not await repository.keep(tx, row):
            continue
        if heads:
            await records.keep_heads(tx, {delivery_id: row["link"]}, {})
        for delivery in await claims.loaded(tx, [delivery_id], lock=True):
            state = after_receipt(delivery.state, arrived=receipt.arrived)
            if state is None:
                continue
            await repository.move(tx, delivery_id, state)
            # What was `sent` has been reported as handed over already; a failure after it is news.
            if state is State.FAILED or delivery.state is not State.SENT:
                await conclude(tx, [delivery], state)
            if state is State.DELIVERED:
                await confirm(tx, delivery, receipt.at)


async def with_deliveries(tx: Tx, channel: str, bare: Mapping[str, Receipt]) -> list[tuple[UUID, Receipt]]:
    """Those of these receipts (by the provider's id) whose message is of this organisation."""
    found = await repository.by_reference(tx, channel, list(bare))
    return [(delivery, bare[reference]) for reference, delivery in found.items()]
