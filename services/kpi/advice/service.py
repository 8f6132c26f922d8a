"""Scores a letter's real period as it stands, as if it said otherwise, and with single cases won or lost."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.kpi import access
from services.kpi.advice import calendars, repository
from services.kpi.advice.schemas import AsIfIn, ChangeIn
from services.kpi.catalogue import infos
from services.kpi.domain import advising
from services.kpi.domain.advising import OpenCase
from services.kpi.domain.catalogue import indicators
from services.kpi.domain.letter_files import letter_from
from services.kpi.domain.letters import CYCLES, Letter, LetterError, Target
from services.kpi.domain.measure import Reading
from services.kpi.domain.numbers import Text, exact, plain
from services.kpi.domain.scorecard import Scorecard
from services.kpi.domain.settling import resolve, target_of
from services.kpi.errors import BadInput
from services.kpi.facts import values
from services.kpi.letters import service as signed
from services.kpi.letters import terms
from services.kpi.scorecards import repository as cards
from services.kpi.scorecards.computing import defaults, readings
from services.kpi.scorecards.scoring import before, period_of, scored
from shared.auth import Principal
from shared.db.tx import Tx
from shared.periods import Period

#: Letters a list of actions is made from, and cases of one indicator on it: nobody does more in a day.
MOST_LETTERS, MOST_CASES = 20, 20


@dataclass(frozen=True, slots=True)
class Standing:
    """A letter's period as it stands: its words, its numbers, and what they score."""

    row: Row[Any]
    period: Period
    community: access.Community
    letter: Letter
    parameters: Mapping[str, str | None]
    readings: Mapping[str, Reading]
    history: Mapping[str, Mapping[str, Mapping[str, Any]]]
    card: Scorecard
    definition: Mapping[str, Any]

    def total_with(self, indicator: str, reading: Reading) -> Fraction | None:
        """The total with another reading of one indicator."""
        return scored(
            self.letter, self.parameters, {**self.readings, indicator: reading}, self.history, self.period
        ).total

    def target(self, indicator: str) -> Target | None:
        """The target of a line, with its number."""
        item = self.letter.item(indicator)
        return None if item is None else target_of(item, self.parameters, self.readings.get(indicator))


async def as_if(tx: Tx, who: Principal, letter_id: UUID, body: AsIfIn) -> tuple[Standing, Scorecard]:
    """The period as it stands, and as the changed letter would score it.

    Raises NoSuchLetter, LetterNotInForce, PeriodOutsideTerm, and BadInput with the path of what cannot be used.
    """
    now = await standing(tx, who, letter_id, body.period)
    try:
        definition = _changed(now.definition, body.changes)
        letter = letter_from(definition)
        parameters = resolve(letter, {**now.parameters, **body.parameters})
        found = await readings(tx, letter, parameters, now.community, now.period)
        if body.calendar is not None:
            tried = calendars.calendar_of(body.calendar, now.community.zone)
            found |= await calendars.judged(tx, letter, parameters, now.community, now.period, tried)
        return now, scored(letter, parameters, found, now.history, now.period)
    except LetterError as error:
        raise BadInput.of(error) from error


async def standing(tx: Tx, who: Principal, letter_id: UUID, period: str) -> Standing:
    """A letter's period. Raises NoSuchLetter, LetterNotInForce, PeriodOutsideTerm, BadInput."""
    row = await signed.get(tx, who, letter_id)
    signed.demand_in_force(row)
    return await _stands(tx, row, period_of(signed.signed(row), row.term, period))


async def _stands(tx: Tx, row: Row[Any], period: Period) -> Standing:
    community = access.Community(row.community_id, "", row.path, ZoneInfo(row.timezone))
    said = await terms.at(tx, row, period)
    letter = said.letter
    found = await readings(tx, letter, said.parameters, community, period)
    history = await cards.earlier_readings(tx, community.id, letter.template, before(period))
    card = scored(letter, said.parameters, found, history, period)
    return Standing(row, period, community, letter, said.parameters, found, history, card, said.definition)


def _changed(definition: Mapping[str, Any], changes: Sequence[ChangeIn]) -> dict[str, Any]:
    """The letter with lines said otherwise. Raises LetterError."""
    new = copy.deepcopy(dict(definition))
    lines = [item for section in new.get("sections") or () for item in section["items"]]
    by = {item["indicator"]: item for item in [*lines, *(new.get("reported") or ())]}
    for place, change in enumerate(changes):
        path, item = f"changes.{place}", by.get(change.indicator)
        if item is None:
            raise LetterError(f"{path}.indicator", "责任书中没有该指标", "the letter has no such indicator")
        if change.target is not None:
            old = item.get("target") or {}
            number = plain(_figure(change.target, f"{path}.target"))
            item["target"] = {"op": change.op or old.get("op") or ">=", "value": number}
        elif change.op is not None:
            raise LetterError(f"{path}.target", "请同时给出目标值", "give the target's number as well")
        if change.points is not None or change.rule is not None:
            _priced(item, change, path)
    return new


def _priced(item: dict[str, Any], change: ChangeIn, path: str) -> None:
    """Another rule for a line, or other points of its own."""
    told = item.get("with") or {}
    if change.rule is None and "points" not in told:
        raise LetterError(f"{path}.points", "该项的计分规则没有单一分值", "this line's rule has no single points")
    if change.points is None and "points" not in told:
        raise LetterError(f"{path}.points", "请给出分值", "give the points of the rule")
    points = told.get("points") if change.points is None else plain(_figure(change.points, f"{path}.points"))
    if change.rule is not None and change.rule != item.get("rule"):
        item["rule"] = change.rule
        told = {name: told[name] for name in ("definition", "compose") if name in told}
    item["with"] = {**told, "points": points}


def _figure(raw: Any, path: str) -> Fraction:
    try:
        value = exact(raw)
    except ValueError as error:
        raise LetterError(path, '必须是数字（小数请用文本，如 "89.99"）', str(error)) from None
    if value < 0:
        raise LetterError(path, "不能为负数", "must not be negative")
    return value


@dataclass(frozen=True, slots=True)
class Gap:
    """A missed target, how much it lacks, and the cases that would close it."""

    indicator: str
    lacks: Fraction
    cases: Sequence[OpenCase]
    ids: Mapping[str, UUID]
    enough: bool
    gain: Fraction | None


async def gaps(tx: Tx, who: Principal, letter_id: UUID, period: str) -> tuple[Standing, list[Gap]]:
    """The missed targets of a letter's period that more of something would reach. Raises as `standing` does."""
    now = await standing(tx, who, letter_id, period)
    missed = [line.indicator for line in now.card.items if line.state == "missed" and line.indicator in indicators()]
    measured = await _measured(tx, now, missed)
    found = []
    for code in missed:
        indicator, reading, target = indicators()[code], now.readings[code], now.target(code)
        lacks = advising.lacking(indicator, reading, target)
        if lacks is None or code not in measured:
            continue
        cases = advising.closing(lacks, advising.open_cases(indicator, measured[code].measurement.uses))
        enough = sum((case.worth for case in cases), Fraction(0)) >= lacks
        total = now.total_with(code, advising.reached(indicator, reading, lacks))
        gain = None if total is None or now.card.total is None else total - now.card.total
        found.append(Gap(code, lacks, cases, measured[code].ids, enough, gain))
    return now, found


@dataclass(frozen=True, slots=True)
class Action:
    """A case to see to today, and what it is worth under a letter."""

    standing: Standing
    case: OpenCase
    fact_id: UUID
    points: Fraction


async def actions(tx: Tx, who: Principal, community_id: UUID | None) -> list[Action]:
    """What is at stake in the running periods of the letters in force within reach, points first.

    Raises NoSuchCommunity for one out of reach.
    """
    if community_id is not None:
        await access.community(tx, who, community_id)
    found: list[Action] = []
    for row in await repository.in_force(tx, who, community_id, tx.now, MOST_LETTERS):
        period = _running(signed.signed(row), row.term, tx.now, ZoneInfo(row.timezone))
        if period is not None:
            found += await _at_stake(tx, await _stands(tx, row, period))
    return sorted(found, key=lambda one: (-one.points, one.case.indicator, one.case.subject))


async def _at_stake(tx: Tx, now: Standing) -> list[Action]:
    """The cases of a letter that can still be won or lost, of each indicator those worth most."""
    scored_codes = [line.indicator for line in now.card.items if line.section and line.indicator in indicators()]
    found = []
    for code, value in (await _measured(tx, now, scored_codes)).items():
        worth: dict[tuple[Fraction, bool], Fraction] = {}  # cases of one size are at stake for the same points
        for case in advising.open_cases(indicators()[code], value.measurement.uses)[:MOST_CASES]:
            kind = (case.worth, case.running)
            if kind not in worth:
                worth[kind] = _points(now, case)
            if worth[kind] > 0:
                found.append(Action(now, case, value.ids[case.subject], worth[kind]))
    return found


def _points(now: Standing, case: OpenCase) -> Fraction:
    """What the letter scores with the case done, over what it scores with it left as it is (or let pass)."""
    indicator, reading = indicators()[case.indicator], now.readings[case.indicator]
    left = advising.with_case(indicator, reading, case, won=False) if case.running else reading
    done = now.total_with(case.indicator, advising.with_case(indicator, reading, case, won=True))
    lost = now.total_with(case.indicator, left)
    return Fraction(0) if done is None or lost is None else done - lost


async def _measured(tx: Tx, now: Standing, codes: Sequence[str]) -> Mapping[str, values.Value]:
    """Facts case by case, of indicators the letter defines as by default; the others are judged for scorecards only."""
    usual = [code for code in codes if code in defaults(now.letter, now.parameters)]
    return await values.standing_values(tx, usual, [now.community], now.period) if usual else {}


def _running(letter: Letter, term: str, now: datetime, zone: ZoneInfo) -> Period | None:
    """The letter's period that this moment lies in."""
    for period in Period.parse(term).split(CYCLES[letter.cycle]):
        starts, ends = period.bounds(zone)
        if starts <= now < ends:
            return period
    return None


def title(now: Standing, code: str) -> Text:
    """What the letter calls a line."""
    item = now.letter.item(code)
    return item.title if item is not None and item.title is not None else infos()[code].title


def difference(now: Scorecard, then: Scorecard) -> Fraction | None:
    """Points more under the changed letter."""
    return None if now.total is None or then.total is None else then.total - now.total
