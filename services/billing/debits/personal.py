"""A payer's account at a bank: shown masked in an export, gone with the person. What was collected stays, by number."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from services.billing.debits import repository
from services.billing.models import debit_lines, debit_mandates
from shared.db.tx import Tx
from shared.personal import Held, Holder, of_tables

_MANDATES = Held(debit_mandates, ("payer_id",))
_PLAIN = of_tables("debits", _MANDATES, Held(debit_lines, key="mandate_id", via=_MANDATES))


async def _forget(tx: Tx, person_id: UUID) -> None:
    """Their accounts are not opened by anybody any more, and no later file collects from them."""
    await repository.end_of_person(tx, person_id, tx.now.date())


HOLDER: Final = Holder(
    "debits",
    _PLAIN.tables,
    _PLAIN.collect,
    _forget,
    kept_zh="委托收款的编号、起止日期和已收款项仅以编号保留：会计档案须依法保存",
    kept_en="The number and dates of a mandate and what was collected stay under the id: the law has accounts kept",
)
