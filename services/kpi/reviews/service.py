"""Reviews: opened when a period is over, filled column by column by different persons, then part of the close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi import access
from services.kpi.delegations import repository as delegations
from services.kpi.domain import reviewing
from services.kpi.domain.letters import Letter, LetterError
from services.kpi.domain.numbers import exact, fixed
from services.kpi.domain.reviewing import Given
from services.kpi.errors import (
    AlreadyFrozen,
    BadInput,
    PeriodNotOver,
)
from services.kpi.letters import repository as letters
from services.kpi.letters import service as signed
from services.kpi.letters import terms
from services.kpi.review_errors import (
    ColumnNotDue,
    NoColumns,
    NoSuchReview,
    NotTheScorer,
    ReviewExists,
    SamePerson,
)
from services.kpi.reviews import repository
from services.kpi.reviews.schemas import ReviewOpenIn, ScoresIn
from services.kpi.scorecards import repository as cards
from services.kpi.scorecards.computing import readings
from services.kpi.scorecards.scoring import before, period_of, scored
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import LostUpdate
from shared.ids import uuid7


async def open_review(tx: Tx, who: Principal, body: ReviewOpenIn) -> Row[Any]:
    """Open the review of a period that is over, with the points that the facts give beside each line.

    Raises NoSuchLetter, NoColumns, PeriodOutsideTerm, PeriodNotOver, AlreadyFrozen, ReviewExists.
    """
    await letters.lock(tx, body.letter_id)
    row = await signed.get(tx, who, body.letter_id)
    signed.demand_in_force(row)
    letter, community = signed.signed(row), await access.community(tx, who, row.community_id)
    if letter.columns is None:
        raise NoColumns()
    period = period_of(letter, row.term, body.period)
    if tx.now < period.bounds(community.zone)[1]:
        raise PeriodNotOver(period=str(period))
    standing = await cards.head(tx, row.id, str(period))
    if standing is not None:
        raise AlreadyFrozen(period=str(period), scorecard_id=standing.scorecard_id)
    known = await repository.of_period(tx, row.id, str(period))
    if known is not None:
        raise ReviewExists(review_id=known)
    said = await terms.at(tx, row, period)
    letter = said.letter
    found = await readings(tx, letter, said.parameters, community, period)
    history = await cards.earlier_readings(tx, community.id, letter.template, before(period))
    card = scored(letter, said.parameters, found, history, period)
    id_ = uuid7()
    await repository.insert(
        tx,
        {
            "id": id_,
            "version": 1,
            "created_at": tx.now,
            "updated_at": tx.now,
            "letter_id": row.id,
            "template": letter.template,
            "community_id": community.id,
            "subject_id": row.subject_id,
            "period": str(period),
            "state": "open",
            "lines": [line.as_json() for line in reviewing.lines_of(letter, card.as_json())],
        },
    )
    tx.audit("review.opened", "review", id_, after={"letter_id": str(row.id), "period": str(period)})
    return await get(tx, who, id_)


async def fill(tx: Tx, who: Principal, review_id: UUID, body: ScoresIn, version: int | None) -> Row[Any]:
    """Fill a column. Of two at once, one wins and the other is told.

    Raises NoSuchReview, LostUpdate, AlreadyFrozen, ColumnNotDue, SamePerson, NotTheScorer, BadInput.
    """
    row = await get(tx, who, review_id)
    # The letter first, as a close does: a column is either part of the close or refused after it, never lost between.
    await letters.lock(tx, row.letter_id)
    row = await get(tx, who, review_id, lock=True)
    if version is not None and version != row.version:
        raise LostUpdate()
    standing = await cards.head(tx, row.letter_id, row.period)
    if standing is not None:
        raise AlreadyFrozen(period=row.period, scorecard_id=standing.scorecard_id)
    letter = await letter_of(tx, row)
    filled = (await repository.scores(tx, [row.id])).get(row.id, [])
    names = [score.column for score in filled]
    due = reviewing.next_columns(letter, names)
    if body.column not in due:
        raise ColumnNotDue(column=body.column, due=", ".join(due) or "-")
    try:
        _check_words(body)
    except LetterError as error:
        raise BadInput.of(error) from error
    lent = body.delegated_by is not None and await delegations.lent(
        tx, row.id, body.column, body.delegated_by, who.sub
    )
    _check_person(who, row, body, filled, lent=lent)
    given = [
        Given(line.code, exact(line.points), line.reason, line.evidence, [str(file) for file in line.file_ids])
        for line in body.lines
    ]
    try:
        weighted = letter.columns is not None and bool(letter.columns.weights)
        total = reviewing.check_lines(
            row.lines, given, _before(row.lines, [] if weighted else filled), grounds=body.column != "self"
        )
    except LetterError as error:
        raise BadInput.of(error) from error
    head = {"review": str(row.id), "letter": str(row.letter_id), "period": row.period, "column": body.column}
    await repository.add_score(
        tx,
        {
            "review_id": row.id,
            "column": body.column,
            "place": len(filled),
            "scorer_id": who.sub,
            "delegated_by": body.delegated_by,
            "delegation": body.delegation,
            "lines": [line.as_json() for line in given],
            "total": Decimal(fixed(total)),
            "analysis": body.analysis,
            "hash": reviewing.signed_hash(head, given, total),
            "at": tx.now,
        },
    )
    last = not reviewing.next_columns(letter, [*names, body.column])
    await repository.move(tx, row.id, row.version + 1, "final" if last else f"{body.column}_scored")
    tx.audit("review.scored", "review", row.id, after={"column": body.column, "total": fixed(total)})
    return await get(tx, who, row.id)


def _check_person(
    who: Principal, row: Row[Any], body: ScoresIn, filled: Sequence[Row[Any]], *, lent: bool
) -> None:
    earlier = {str(score.scorer_id) for score in filled} | {
        str(score.delegated_by) for score in filled if score.delegated_by is not None
    }
    by = None if body.delegated_by is None else str(body.delegated_by)
    why = reviewing.check_scorer(body.column, str(who.sub), who.roles, str(row.subject_id), by, earlier, lent=lent)
    if why == "same_person":
        raise SamePerson()
    if why is not None:
        raise NotTheScorer(column=body.column)


def _check_words(body: ScoresIn) -> None:
    if (body.delegated_by is None) != (body.delegation is None):
        raise LetterError("delegation", "代评须写明受谁委托及依据", "name who delegated, and on what grounds")
    # row: C-217 the appraised writes what affected this period's self score
    if body.column == "self" and not body.analysis:
        raise LetterError("analysis", "自评须填写影响因素分析", "a self score analyses what affected it")


def _before(lines: Sequence[Mapping[str, Any]], filled: Sequence[Row[Any]]) -> dict[str, Fraction]:
    if filled:
        return {line["code"]: exact(line["points"]) for line in filled[-1].lines}
    return {line["code"]: exact(line["computed"]) for line in lines}


async def letter_of(tx: Tx, row: Row[Any]) -> Letter:
    """The letter of a review as it was signed."""
    found = await letters.get(tx, row.letter_id)
    assert found is not None
    return signed.signed(found)


async def get(tx: Tx, who: Principal, review_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A review within reach. Raises NoSuchReview."""
    row = await repository.get(tx, review_id, lock=lock)
    if row is None or not who.sees(row.path):
        raise NoSuchReview()
    return row


async def columns(tx: Tx, review_id: UUID) -> Sequence[Row[Any]]:
    """The filled columns of a review."""
    return (await repository.scores(tx, [review_id])).get(review_id, [])


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Reviews within reach."""
    return await repository.page(tx, who, filters, after, limit)
