"""What was written about a debtor while their debt was collected: notes of calls and visits, reasons, evidence.

The steps themselves stay, for they prove that a debt was claimed in time; the words go. Packets for the legal
department keep them as long as the debt is open: they are what a court is shown.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.types import Text

from services.billing.domain.dunning import CASE_OPEN
from services.billing.models import (
    dunning_cases,
    dunning_contacts,
    dunning_holds,
    dunning_notices,
    dunning_steps,
    legal_packets,
    notice_proofs,
)
from services.billing.proofs.repository import remove_of_cases
from services.billing.proofs.tasks import remove_later
from shared.db.tx import Tx
from shared.personal import Held, Holder, of_tables

#: What stands where a reason was, in the languages of the product.
ERASED: Final = "（已依本人要求删除）erased at the person's request"
#: The parts of a packet that hold words about the debtor.
_WORDS: Final = ("contacts", "holds")

_CASES = Held(dunning_cases, ("payer_id",))
_NOTICES = Held(dunning_notices, key="case_id", via=_CASES)

_PLAIN = of_tables(
    "collecting",
    _CASES,
    Held(dunning_steps, ("payer_id",)),
    Held(dunning_contacts, key="case_id", via=_CASES),
    Held(dunning_holds, key="case_id", via=_CASES, blank={"reason": ERASED, "evidence": ERASED}),
    _NOTICES,
    Held(notice_proofs, key="notice_id", via=_NOTICES),
    Held(legal_packets, key="case_id", via=_CASES),
)


async def _forget(tx: Tx, person_id: UUID) -> None:
    assert _PLAIN.forget is not None  # holds have blanks
    await _PLAIN.forget(tx, person_id)
    # row: D-075 what was written about a debtor goes, though the log of contacts can be added to alone
    cases = await tx.rows(select(dunning_cases.c.id).where(*_CASES.whose(tx.org_id, person_id)))
    await tx.execute(select(func.billing.blank_contacts(tx.org_id, [row.id for row in cases])))
    p = legal_packets.c
    settled = select(dunning_cases.c.id).where(*_CASES.whose(tx.org_id, person_id), dunning_cases.c.state != CASE_OPEN)
    await tx.execute(
        update(legal_packets)
        .where(p.org_id == tx.org_id, p.case_id.in_(settled))
        .values(content=p.content.op("-")(array(_WORDS, type_=Text)), version=p.version + 1, updated_at=tx.now)
    )
    # A signed receipt or a photo at the door shows the debtor: the content goes, that and when it was proven stays.
    done = await tx.rows(settled)
    remove_later(tx, await remove_of_cases(tx, [row.id for row in done]))


HOLDER = Holder(
    "collecting",
    _PLAIN.tables,
    _PLAIN.collect,
    _forget,
    "保留催缴步骤的时间与结果及函件（不含记录文字），作为债权在时效内主张的证据；未结清欠费的法务材料保留至结清",
    "That and when a debt was claimed, and the letters, stay without what was noted: they prove the claim was in time; "
    "the packet of a debt that is still owed stays whole",
)
