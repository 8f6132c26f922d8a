"""Issuing, voiding and printing receipts.

The number is taken last in the transaction, from a counter that is locked until the commit: a receipt that is not
stored uses none, so the series has no gap.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.billing import access, residents
from services.billing.corrections.service import held
from services.billing.domain.capitals import capitals
from services.billing.domain.vocabulary import FEE_KINDS, METHODS
from services.billing.errors import NoSuchUnit
from services.billing.models import receipts
from services.billing.payment_errors import NoSuchReceipt, ReceiptExists, ReceiptVoid
from services.billing.payments.asked import yuan
from services.billing.receipts import repository
from shared.auth import Principal
from shared.db.tx import Tx
from shared.documents import render
from shared.documents.render import Template
from shared.errors import LostUpdate
from shared.ids import uuid7
from shared.runtime import Runtime

TEMPLATE: Final = Template(Path(__file__).parent / "templates", "receipt")


@dataclass(frozen=True, slots=True)
class Printed:
    """A receipt as PDF."""

    number: str
    pdf: bytes


def number(row: Row[Any]) -> str:
    """The number people read: ``SJ2025-000017``."""
    return f"SJ{row.series}-{row.serial:06d}"


async def issue(tx: Tx, who: Principal, payment_id: UUID) -> Row[Any]:
    """A receipt for what a payment paid, as it stands now.

    Raises:
        NoSuchPayment: outside the caller's scope. PaymentCorrected: it was undone. ReceiptExists: one is valid.
    """
    payment, community = await held(tx, who, payment_id)
    if (valid := await repository.valid_of(tx, payment_id)) is not None:
        raise ReceiptExists(number=number(valid))
    where = await repository.place(tx, payment.unit_id)
    paid = await repository.paid_bills(tx, payment_id)
    lines = [
        {"number": b.number, "period": b.period, "kind": _kind(b.fee_kind), "amount": yuan(int(b.fen))} for b in paid
    ]
    local = tx.now.astimezone(community.zone)
    content = {
        "organisation": where.organisation,
        "community": where.community,
        "unit": where.unit,
        "amount": yuan(payment.amount_fen),
        "capitals": capitals(payment.amount_fen),
        "method": METHODS[payment.method]["zh"],
        "reference": payment.reference or "",
        "value_date": payment.value_date.isoformat(),
        "issued_on": local.date().isoformat(),
        "bills": lines,
        "rest": yuan(payment.amount_fen - sum(int(b.fen) for b in paid)),
    }
    receipt_id, series = uuid7(), f"{local:%Y}"
    values = {"id": receipt_id, "payment_id": payment_id, "community_id": community.id, "unit_id": payment.unit_id}
    serial = await tx.number(f"receipt.{series}")
    told = {"series": series, "serial": serial, "content": content, "issued_by": tx.actor_id}
    await repository.add(tx, {**values, **told})
    row = await repository.get(tx, receipt_id)
    assert row is not None  # stored above
    tx.audit("receipt.issued", "receipt", receipt_id, after={"number": number(row)})
    return row


def _kind(code: str) -> str:
    return FEE_KINDS[code]["zh"] if code in FEE_KINDS else code


async def get(tx: Tx, who: Principal, receipt_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A receipt within the caller's reach. Raises NoSuchReceipt."""
    row = await repository.get(tx, receipt_id, lock=lock)
    if row is None:
        raise NoSuchReceipt()
    try:
        await access.unit_community(tx, who, row.unit_id)
    except NoSuchUnit:
        raise NoSuchReceipt() from None
    if not await residents.is_own(tx, who, row.unit_id, row.created_at, await repository.payer_of(tx, row.payment_id)):
        raise NoSuchReceipt()
    return row


async def void(tx: Tx, who: Principal, receipt_id: UUID, reason: str, version: int | None) -> Row[Any]:
    """Void a receipt; it stays, and so does its number.

    Raises:
        NoSuchReceipt: outside the caller's scope. LostUpdate: changed since it was read. ReceiptVoid: before.
    """
    row = await get(tx, who, receipt_id, lock=True)
    if version is not None and version != row.version:
        raise LostUpdate()
    if row.voided_at is not None:
        raise ReceiptVoid()
    await repository.void(tx, row, reason)
    tx.audit("receipt.voided", "receipt", receipt_id, after={"number": number(row)})
    return await get(tx, who, receipt_id)


async def page(
    tx: Tx, who: Principal, unit_id: UUID | None, payment_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Receipts within the caller's reach, the latest issued first."""
    c = receipts.c
    conditions = access.within_reach(tx, who, c.unit_id, c.community_id)
    conditions += await residents.own_payments(tx, who, c.payment_id)
    conditions += [column == value for column, value in ((c.unit_id, unit_id), (c.payment_id, payment_id)) if value]
    return await repository.page(tx, conditions, before, limit)


async def printed(rt: Runtime, who: Principal, receipt_id: UUID) -> Printed:
    """The PDF, typeset outside of any transaction; a void receipt says so across the page. Raises NoSuchReceipt."""
    async with rt.db.read(who.org, actor_id=who.sub) as tx:
        row = await get(tx, who, receipt_id)
    content = {**row.content, "number": number(row), "void": row.voided_at is not None}
    pdf = await asyncio.to_thread(render, TEMPLATE, content, row.created_at)
    return Printed(number(row), pdf)
