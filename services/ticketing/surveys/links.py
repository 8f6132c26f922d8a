"""Links by which one household answers once without signing in.

The token is the permission: 192 random bits behind the organisation's id. Only its hash is kept, so whoever reads the
database or a backup cannot answer for anybody. It ends with the survey, with its first answer, or when a newer one of
the same household is made.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row as DbRow

from services.ticketing.domain.survey_errors import NoSuchSurveyLink, SurveyLinkUsed
from services.ticketing.domain.surveys import takes_answers
from services.ticketing.errors import AnswerInvalid, HouseholdNotAsked, SurveyNotOpen
from services.ticketing.surveys import answering, repository, service, ways_repository
from services.ticketing.surveys.answering import LINK, Given
from services.ticketing.surveys.schemas import questions_out
from services.ticketing.surveys.ways_schemas import LinkAnswerIn, LinkedSurveyOut, LinkOut, LinksIn, LinksOut, ThanksOut
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7

_SECRET: Final = 24


def token_of(org_id: UUID) -> str:
    """A new token; it names the organisation, because whoever uses it has not signed in to one."""
    return base64.urlsafe_b64encode(org_id.bytes + secrets.token_bytes(_SECRET)).decode().rstrip("=")


def org_of(token: str) -> UUID:
    """The organisation a token names.

    Raises:
        NoSuchSurveyLink: it is no token of ours.
    """
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as problem:
        raise NoSuchSurveyLink() from problem
    if len(raw) != 16 + _SECRET:
        raise NoSuchSurveyLink()
    return UUID(bytes=raw[:16])


def _hash(token: str) -> str:
    # Enough without a salt or a slow hash: the secret is random and long, not a password.
    return hashlib.sha256(token.encode()).hexdigest()


async def make(tx: Tx, who: Principal, survey_id: UUID, body: LinksIn) -> LinksOut:
    """Make a link for each household; an unused older one of it is withdrawn.

    Raises:
        NoSuchSurvey: unknown, or outside the caller's reach.
        SurveyNotOpen: not issued, or past its closing time.
        AnswerInvalid: a household that was not asked, by item.
    """
    # Locked: of two makers at once the second one withdraws what the first has made.
    await service.survey(tx, who, survey_id)
    row = await repository.one(tx, survey_id, lock=True)
    assert row is not None
    if not takes_answers(row.state, row.closes_at, tx.now):
        raise SurveyNotOpen()
    units = list(dict.fromkeys(body.unit_ids))
    asked = await ways_repository.asked(tx, survey_id, units)
    text = HouseholdNotAsked()
    faults = [
        FieldError(f"unit_ids.{index}", text.sentence("zh"), text.sentence("en"))
        for index, unit in enumerate(body.unit_ids)
        if unit not in asked
    ]
    if faults:
        raise AnswerInvalid(fields=faults)
    tokens = {unit: token_of(tx.org_id) for unit in units}
    await ways_repository.withdraw_links(tx, survey_id, units)
    await ways_repository.add_links(
        tx,
        [
            {"id": uuid7(), "survey_id": survey_id, "unit_id": unit, "token_hash": _hash(token)}
            for unit, token in tokens.items()
        ],
    )
    tx.audit("survey.links_made", "survey", survey_id, after={"unit_ids": [str(unit) for unit in units]})
    return LinksOut(
        items=[
            LinkOut(unit_id=unit, token=token, path=f"/ticketing/v1/survey-links/{token}", expires_at=row.closes_at)
            for unit, token in tokens.items()
        ]
    )


async def _found(tx: Tx, token: str, *, lock: bool = False) -> tuple[DbRow[Any], DbRow[Any]]:
    link = await ways_repository.link(tx, _hash(token))
    if link is None:
        raise NoSuchSurveyLink()
    row = await repository.to_answer(tx, link.survey_id, link.unit_id)
    if lock:  # after the survey, as whoever makes links locks them, so that the two never wait for each other
        link = await ways_repository.link(tx, _hash(token), lock=True)
    if row is None or link is None or link.withdrawn_at is not None:
        raise NoSuchSurveyLink()
    return link, row


async def look(tx: Tx, token: str) -> LinkedSurveyOut:
    """What a link opens. Raises NoSuchSurveyLink."""
    link, row = await _found(tx, token)
    return LinkedSurveyOut(
        title=row.title,
        period=row.period,
        questions=questions_out(row),
        closes_at=row.closes_at,
        open=takes_answers(row.state, row.closes_at, tx.now),
        used=link.used_at is not None,
    )


async def answer(tx: Tx, token: str, body: LinkAnswerIn) -> ThanksOut:
    """The household's answer through its link.

    Raises:
        NoSuchSurveyLink: never made, or a newer one took its place.
        SurveyLinkUsed: it took its one answer.
        SurveyNotOpen: the survey has closed.
        AnswerInvalid: a mark is missing, not whole or out of range; the link can still be used.
    """
    link, row = await _found(tx, token, lock=True)
    if link.used_at is not None:
        raise SurveyLinkUsed()
    await answering.check_open(tx, row)
    await answering.take(tx, row, Given(link.unit_id, body.marks, LINK, tx.now))
    await ways_repository.use_link(tx, link.id)
    return ThanksOut(answered_at=tx.now)
