"""Work accounts: under which user id WeCom, DingTalk or Feishu knows an employee. An administrator brings the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.notify.accounts import repository
from services.notify.accounts.schemas import WorkAccountIn
from services.notify.domain.account_errors import NotStaff
from shared.db.tx import Tx
from shared.errors import FieldError

KINDS: Final = ("wecom", "dingtalk", "feishu")


async def bring(tx: Tx, items: Sequence[WorkAccountIn]) -> None:
    """Write these accounts, all or none; a repetition changes nothing. Raises NotStaff for who does not work here."""
    known = await repository.staff_among(tx, {item.person_id for item in items})
    wrong = [
        FieldError(f"items.{n}.person_id", "不是在册员工", "nobody who works here")
        for n, item in enumerate(items)
        if item.person_id not in known
    ]
    if wrong:
        raise NotStaff(fields=wrong)
    for item in items:
        if item.address is None:
            await repository.only(tx, item.person_id, item.kind, "")
            continue
        await repository.only(tx, item.person_id, item.kind, item.address)
        await repository.put(tx, item.person_id, item.kind, item.address)
    tx.audit("account.work", "organisation", tx.org_id, after={"people": sorted({str(i.person_id) for i in items})})
