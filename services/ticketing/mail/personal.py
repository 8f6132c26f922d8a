"""Mail that somebody wrote: address, subject and words."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.mail import repository
from shared.db.tx import Tx
from shared.personal import Found, Holder, rows_of


async def _collect(tx: Tx, person_id: UUID) -> Found:
    return {
        "mail_messages": rows_of(await repository.of_person(tx, person_id)),
    }



HOLDER = Holder(
    "mail",
    frozenset({"mail_messages"}),
    _collect,
    repository.forget,
    "保留邮件编号，以免同一封邮件再次立案",
    "The message's id stays, so that the same mail opens no second case",
)
