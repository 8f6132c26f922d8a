"""The accounts from which the bank collects: told to their holder alone, gone with them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import select

from services.billing.debits import repository
from services.billing.models import debit_lines, debit_mandates
from shared.db.tx import Tx
from shared.personal import Found, Held, Holder, of_tables, rows_of

_MANDATES: Final = Held(debit_mandates, ("payer_id",))
_LINES: Final = of_tables("debits", Held(debit_lines, key="mandate_id", via=_MANDATES))


async def _collect(tx: Tx, person_id: UUID) -> Found:
    m = debit_mandates.c
    wanted = select(debit_mandates).where(*_MANDATES.whose(tx.org_id, person_id)).order_by(m.id)
    rows = await tx.rows(wanted)
    opened = iter(await tx.vault.open(tx, [(row.payer_id, row.sealed) for row in rows if row.sealed is not None]))
    shown = [
        {**told, "account": None if row.sealed is None else next(opened)}
        for told, row in zip(rows_of(rows, "sealed"), rows, strict=True)
    ]
    return {"debit_mandates": shown, **await _LINES.collect(tx, person_id)}


async def _forget(tx: Tx, person_id: UUID) -> None:
    await repository.end_of_person(tx, person_id, tx.now.date())


HOLDER = Holder(
    "debits",
    frozenset({"debit_mandates", "debit_lines"}),
    _collect,
    _forget,
    "保留托收协议的起止与每次扣款的金额，不含账号与户名：账务以此为据",
    "That there was a mandate, and what was collected when, stays without account and holder: the books rest on it",
)
