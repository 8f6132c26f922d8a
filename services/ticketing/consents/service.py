"""Publishing notices, and recording what people agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.consents import repository
from services.ticketing.consents.errors import (
    ConsentInvalid,
    NoSuchNotice,
    NoticeInvalid,
    NoticeSuperseded,
)
from services.ticketing.consents.schemas import ConsentIn, NoticeIn
from services.ticketing.domain.consents import Standing, in_force, standings
from services.ticketing.errors import NoSuchPerson, PersonErased
from services.ticketing.models import people
from services.ticketing.people import repository as register
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError


async def publish(tx: Tx, body: NoticeIn) -> Row[Any]:
    """The next edition of a text; the editions before stay, for people agreed to them.

    Raises:
        NoticeInvalid: it would begin in the past, or before an edition that was announced.
    """
    begins = body.effective_from or tx.now
    if begins < tx.now:
        raise NoticeInvalid(fields=[FieldError("effective_from", "不能早于现在", "May not lie in the past")])
    before = [e.effective_from for e in await repository.editions(tx) if e.purpose == body.purpose]
    if before and begins < max(before):
        told = FieldError("effective_from", "不能早于已公布的版本", "May not lie before an edition published earlier")
        raise NoticeInvalid(fields=[told])
    id = await repository.add_notice(
        tx,
        {
            "purpose": body.purpose,
            "edition": await repository.next_edition(tx, body.purpose),
            "title_zh": body.title.zh,
            "title_en": body.title.en,
            "text_zh": body.text.zh,
            "text_en": body.text.en,
            "effective_from": begins,
            "published_by": tx.actor_id,
        },
    )
    row = await notice(tx, id)
    tx.audit("notice.published", "notice", id, after={"purpose": row.purpose, "edition": row.edition})
    return row


async def notice(tx: Tx, id: UUID) -> Row[Any]:
    """One edition. Raises NoSuchNotice."""
    row = await repository.notice(tx, id)
    if row is None:
        raise NoSuchNotice()
    return row


async def stands(tx: Tx, person_id: UUID) -> tuple[Standing, ...]:
    """How somebody stands to every purpose now."""
    decisions = [repository.decision(row) for row in await repository.of_person(tx, person_id)]
    return standings(await repository.editions(tx), decisions, tx.now)


async def history(tx: Tx, who: Principal, person_id: UUID) -> Sequence[Row[Any]]:
    """Everything somebody agreed to or took back. Raises NoSuchPerson."""
    if not await register.by_ids(tx, people, [person_id], register.people_reach(tx, who)):
        raise NoSuchPerson()
    return await repository.of_person(tx, person_id)


async def decide(
    tx: Tx, who: Principal, person_id: UUID, body: ConsentIn, *, channel: str, decided_at: datetime | None = None
) -> Row[Any]:
    """Record a yes, or that it was taken back; the same again is the same record.

    Raises:
        NoSuchPerson, PersonErased: there is nobody to agree.
        NoSuchNotice: unknown.
        NoticeSuperseded: a yes to an edition in whose place another one stands.
        ConsentInvalid: decided in the future, or before the notice was published.
    """
    person = await register.lock_person(tx, person_id, register.people_reach(tx, who))  # two decisions never cross
    if person is None:
        raise NoSuchPerson()
    if person.erased_at is not None:
        raise PersonErased()
    row = await notice(tx, body.notice_id)
    at = decided_at or tx.now
    if not row.created_at <= at <= tx.now:
        told = FieldError("decided_at", "应在文本公布之后、现在之前", "Before the notice was published, or after now")
        raise ConsentInvalid(fields=[told])
    current = in_force(await repository.editions(tx), row.purpose, tx.now)
    if body.given and current is not None and current.edition > row.edition:
        raise NoticeSuperseded()
    before = await repository.of_person(tx, person_id)
    last = next((r for r in reversed(before) if r.purpose == row.purpose), None)
    if last is not None and not body.given and last.edition > row.edition:
        row = await notice(tx, last.notice_id)  # whoever takes back, takes back what they last said yes to
    # Whoever waited for the lock began before the decision that they now find: it is the same one all the same.
    known = last is not None and (decided_at is None or last.decided_at <= at)
    if known and last is not None and last.given == body.given and last.edition >= row.edition:
        return last  # type: ignore[no-any-return]  # a row of the sequence above
    return await _record(tx, person_id, row, body.given, channel, at, len(before))


async def _record(
    tx: Tx, person_id: UUID, notice: Row[Any], given: bool, channel: str, at: datetime, count: int
) -> Row[Any]:
    stored = await repository.add(
        tx,
        {
            "person_id": person_id,
            "purpose": notice.purpose,
            "notice_id": notice.id,
            "edition": notice.edition,
            "given": given,
            "channel": channel,
            "decided_at": at,
        },
    )
    tx.emit(
        "consent.given.v1" if given else "consent.withdrawn.v1",
        subject=person_id,
        seq=count + 1,
        occurred_at=at,
        data={"purpose": notice.purpose, "notice_id": str(notice.id), "edition": notice.edition, "channel": channel},
    )
    action = "consent.given" if given else "consent.withdrawn"
    told = {"purpose": notice.purpose, "edition": notice.edition, "channel": channel}
    tx.audit(action, "person", person_id, after=told)
    return stored
