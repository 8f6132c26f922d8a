"""A reader's permits for messages of the mini-program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.notify.accounts import repository as accounts
from services.notify.domain.account_errors import NotLinked, PermitTemplateUnknown
from services.notify.permits import repository
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError

PROVIDER: Final = "wechat_mini"
#: More of one template are not kept: no reader gives so many, only a program that went wrong.
MOST: Final = 50


async def mine(tx: Tx, who: Principal) -> list[tuple[str, Sequence[str], int]]:
    """(WeChat's template, messages that use it, permits left) of the caller."""
    left = await repository.left(tx, who.sub, PROVIDER)
    return [(row.code, sorted(row.messages), left.get(row.code, 0)) for row in await repository.asked_for(tx, PROVIDER)]


async def report(tx: Tx, who: Principal, report_id: UUID, templates: Sequence[str]) -> None:
    """Keep what the caller agreed to.

    Raises:
        NotLinked: nobody knows which WeChat account is the caller's.
        PermitTemplateUnknown: a template that is not in use here.
    """
    if not await accounts.of_person(tx, who.sub, [PROVIDER]):
        raise NotLinked()
    known = {row.code for row in await repository.asked_for(tx, PROVIDER)}
    strange = [
        FieldError(f"templates.{n}", "没有使用此模板", "this template is not in use")
        for n, code in enumerate(templates)
        if code not in known
    ]
    if strange:
        raise PermitTemplateUnknown(fields=strange)
    left = await repository.left(tx, who.sub, PROVIDER)
    fresh = {code for code in templates if left.get(code, 0) < MOST}
    await repository.add(tx, who.sub, PROVIDER, fresh, report_id)
