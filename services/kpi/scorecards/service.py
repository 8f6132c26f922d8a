"""Freezing a scorecard: read, score, pin, hash; and reading frozen ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi import access
from services.kpi.catalogue import infos
from services.kpi.domain.freezing import reading_json, scorecard_hash
from services.kpi.domain.letters import CYCLES, Letter, LetterError
from services.kpi.domain.scorecard import Scorecard
from services.kpi.errors import (
    AlreadyFrozen,
    BadInput,
    FactsBehind,
    NoSuchScorecard,
    OwnScorecard,
    PeriodNotOver,
    PeriodOutsideTerm,
)
from services.kpi.feeds import publishing
from services.kpi.letters import repository as letters
from services.kpi.letters import service as signed
from services.kpi.scorecards import repository
from services.kpi.scorecards.computing import ItemNumbers, numbers
from services.kpi.scorecards.schemas import ScorecardIn
from services.kpi.scorecards.scoring import before, scored
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.periods import Period


async def freeze(tx: Tx, who: Principal, body: ScorecardIn) -> Row[Any]:
    """Freeze a letter's scorecard of a period, or restate it.

    Raises NoSuchLetter, OwnScorecard, PeriodOutsideTerm, PeriodNotOver, FactsBehind, AlreadyFrozen, BadInput.
    """
    row = await signed.get(tx, who, body.letter_id)
    if who.sub == row.subject_id:
        raise OwnScorecard()
    await letters.lock(tx, row.id)  # two closes, or a close and the nightly numbers, at once
    letter, community = signed.signed(row), await access.community(tx, who, row.community_id)
    period = _period(letter, row.term, body.period)
    if tx.now < period.bounds(community.zone)[1]:
        raise PeriodNotOver(period=str(period))
    for lag in await repository.lags(tx):
        raise FactsBehind(source=lag.source, position=lag.position, head=lag.head_heard)
    standing = await repository.head(tx, row.id, str(period))
    if standing is not None and not body.restate:
        raise AlreadyFrozen(period=str(period), scorecard_id=standing.scorecard_id)
    if body.restate and not body.reason:
        raise BadInput.of(LetterError("reason", "重述须说明原因", "a restatement says why"))
    found = await numbers(tx, letter, row.parameters, community, period, restated=standing is not None)
    history = await repository.earlier_readings(tx, community.id, letter.template, before(period))
    card = scored(letter, row.parameters, {code: item.reading for code, item in found.items()}, history, period)
    head = {
        "letter_id": row.id,
        "template": letter.template,
        "template_version": letter.version,
        "community_id": community.id,
        "subject_id": row.subject_id,
        "period": str(period),
        "revision": 1 if standing is None else standing.revision + 1,
        "restates_id": None if standing is None else standing.scorecard_id,
        "reason": body.reason,
        "parameters": row.parameters,
        "history": history,
    }
    id_ = uuid7()
    items = _items(id_, letter, card, found)
    result = card.as_json()
    stored = {
        **head,
        "id": id_,
        "result": result,
        "parked": await repository.parked(tx),
        "hash": scorecard_hash(hashed(head, row.definition), [(i["indicator"], i["hash"]) for i in items], result),
        "frozen_by": tx.actor_id,
        "frozen_at": tx.now,
    }
    await repository.insert(tx, stored, items)
    place = {name: head[name] for name in ("letter_id", "period", "revision", "community_id", "template")}
    await repository.put_head(tx, {**place, "scorecard_id": id_}, first=standing is None)
    tx.audit("scorecard.frozen", "scorecard", id_, after={"period": str(period), "total": result["total"]})
    tx.emit(
        "scorecard.frozen.v1",
        subject=id_,
        seq=head["revision"],
        community_id=community.id,
        data={
            "letter_id": str(row.id),
            "template": letter.template,
            "period": str(period),
            "revision": head["revision"],
            "total": result["total"],
            "hash": stored["hash"],
        },
    )
    await publishing.scorecard(
        tx,
        row,
        letter,
        period,
        result,
        parameters=row.parameters,
        as_of=tx.now,
        frozen={"scorecard_id": str(id_), "revision": head["revision"], "hash": stored["hash"]},
        cases=[
            (item.stored_as, infos()[code].version, use.fact.subject)
            for code, item in found.items()
            for use in item.uses
        ],
    )
    return await get(tx, who, id_)


def hashed(head: Mapping[str, Any], definition: Mapping[str, Any]) -> dict[str, Any]:
    """The head of a scorecard, with its letter as signed, in the form that is hashed."""
    plain = {name: str(value) if isinstance(value, UUID) else value for name, value in head.items()}
    return {**plain, "letter": definition}


async def get(tx: Tx, who: Principal, scorecard_id: UUID) -> Row[Any]:
    """A scorecard within reach. Raises NoSuchScorecard."""
    row = await repository.get(tx, scorecard_id)
    if row is None or not who.sees(row.path):
        raise NoSuchScorecard()
    return row


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Scorecards within reach."""
    return await repository.page(tx, who, filters, after, limit)


def _period(letter: Letter, term: str, text: str) -> Period:
    try:
        period = Period.parse(text)
    except ValueError as error:
        raise BadInput.of(LetterError("period", "期间应为 2025-Q1 这样的写法", str(error))) from None
    within = Period.parse(term)
    fits = within.start <= period.start and period.end <= within.end
    if period.months != CYCLES[letter.cycle] or not fits:
        raise PeriodOutsideTerm(period=text, cycle=letter.cycle, term=term)
    return period


def _items(
    scorecard_id: UUID, letter: Letter, card: Scorecard, found: Mapping[str, ItemNumbers]
) -> list[dict[str, Any]]:
    rows = []
    for place, line in enumerate(card.items):
        item = found[line.indicator]
        rows.append(
            {
                "scorecard_id": scorecard_id,
                "indicator": line.indicator,
                "place": place,
                "section": line.section,
                "indicator_version": infos()[line.indicator].version,
                "stored_as": item.stored_as,
                "derived": infos()[line.indicator].source == "events",
                "state": line.state,
                "reading": reading_json(item.reading),
                "fact_ids": list(item.ids),
                "verdicts": [use.verdict for use in item.uses],
                "counted": [use.counted for use in item.uses],
                "hash": item.hash,
            }
        )
    return rows
