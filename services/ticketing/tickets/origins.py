"""Where a ticket came from: what is kept of it, and what has to be there; part of the intake.

Nothing here costs the everyday intake a statement: only a call, a visit, a screenshot or an authority's number is
looked up.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from services.ticketing.calls import linking
from services.ticketing.domain.inbound_errors import NumberTaken
from services.ticketing.domain.ticket_errors import TicketInvalid
from services.ticketing.files.repository import locked
from services.ticketing.tickets import repository
from services.ticketing.visits import linking as visits
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.http.database_errors import sqlstate

_UNIQUE = "23505"


def columns(channel: str, origin: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a new ticket that tell where it came from."""
    kept = {name: _plain(value) for name, value in origin.items() if name not in ("number", "deadline")}
    return {
        "channel": channel,
        "origin": kept or None,
        "authority_number": origin.get("number"),
        "authority_deadline": origin.get("deadline"),
    }


def _plain(value: Any) -> str:
    """As JSON keeps it, so that a new ticket looks as it will when it is read again."""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)


async def check(tx: Tx, who: Principal, origin: Mapping[str, Any], ticket_id: UUID, at: datetime) -> None:
    """Look at what the origin names, and tell the call or the visit that it led to this ticket.

    Raises:
        TicketInvalid: no such call or visit within the caller's reach, or the screenshot is no picture.
    """
    if (screenshot := origin.get("screenshot_id")) is not None:
        found = await locked(tx, [screenshot])
        if found[screenshot].kind != "image":  # attached just now, so it is there
            zh, en = "截图须为图片文件", "The screenshot has to be a picture"
            raise TicketInvalid(fields=[FieldError("origin.screenshot_id", zh, en)])
    for name, link in (("call_id", linking.ticketed), ("visit_id", visits.ticketed)):
        if name in origin and not await link(tx, who, origin[name], ticket_id, at):
            zh, en = "没有这条记录，或者您无权查看", "There is no such record within your reach"
            raise TicketInvalid(fields=[FieldError(f"origin.{name}", zh, en)])


@asynccontextmanager
async def only_one(tx: Tx, number: str | None) -> AsyncIterator[None]:
    """Insert a case inside; an authority's number stands on one case of an organisation only.

    Raises:
        NumberTaken: it stands on another one, also when that was taken in at the same moment.
    """
    if number is None:
        yield
        return
    if (known := await repository.number_of_authority(tx, number)) is not None:
        raise NumberTaken(number=number, ticket=known)
    try:
        async with tx.savepoint():
            yield
    except Exception as problem:
        if sqlstate(problem) != _UNIQUE or (known := await repository.number_of_authority(tx, number)) is None:
            raise
        raise NumberTaken(number=number, ticket=known) from problem
