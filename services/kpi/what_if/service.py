"""Scores given inputs and answers time limits; no table is touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from services.kpi.catalogue import infos, letters
from services.kpi.domain.concluding import proposal
from services.kpi.domain.deadlines.answers import Answer, Asked, answer
from services.kpi.domain.engine import Inputs, score
from services.kpi.domain.given import readings_from
from services.kpi.domain.letters import JudgementOutOfRange, Letter, LetterError, ProposalOutOfRange
from services.kpi.domain.numbers import exact
from services.kpi.domain.score_rules import Judgement
from services.kpi.domain.scorecard import Scorecard
from services.kpi.domain.settling import resolve
from services.kpi.errors import BadInput, BadJudgement, BadProposal, NoSuchClock, NoSuchTemplate
from services.kpi.what_if.schemas import DeadlineIn, Readings, WhatIfIn
from shared.calendar import OFFICE_WEEK, WorkingCalendar
from shared.holidays import SHANGHAI, standard
from shared.periods import Period


def what_if(body: WhatIfIn) -> Scorecard:
    """The scorecard of given inputs.

    Judgements are used by lines whose rules ask for them. Raises NoSuchTemplate, and BadInput, BadJudgement or
    BadProposal with the path of what cannot be used.
    """
    letter = letters().get(body.template)
    if letter is None:
        raise NoSuchTemplate(template=body.template)
    try:
        given = {**body.parameters}
        if body.partial_policy is not None:
            given["partial_policy"] = body.partial_policy
        parameters = resolve(letter, given)
        judgements = _judgements(letter, body)
        at = None if body.period is None else _period(body.period, "period")
        history = {
            str(_period(name, f"history.{name}")): readings_from(
                letter,
                _plain(values),
                _period(name, f"history.{name}"),
                parameters,
                infos(),
                f"history.{name}",
                standard(),
            )
            for name, values in body.history.items()
        }
        readings = readings_from(letter, _plain(body.inputs), at, parameters, infos(), calendar=standard())
        columns = {name: _figure(points, f"scores.{name}") for name, points in (body.scores or {}).items()}
        card = score(letter, Inputs(readings, history, at, judgements, columns), parameters, infos())
        proposed = [
            proposal(letter, p.kind, _figure(p.amount, f"proposals.{n}.amount"), parameters, f"proposals.{n}")
            for n, p in enumerate(body.proposals)
        ]
        return replace(card, consequences=[*card.consequences, *proposed])
    except JudgementOutOfRange as error:
        raise BadJudgement.of(error) from error
    except ProposalOutOfRange as error:
        raise BadProposal.of(error) from error
    except LetterError as error:
        raise BadInput.of(error) from error


def _judgements(letter: Letter, body: WhatIfIn) -> dict[str, list[Judgement]]:
    found: dict[str, list[Judgement]] = {}
    for place, given in enumerate(body.judgements):
        path = f"judgements.{place}"
        if letter.item(given.indicator) is None:
            raise LetterError(f"{path}.indicator", "责任书中没有该指标", "the letter has no such indicator")
        points = _figure(given.points, f"{path}.points")
        found.setdefault(given.indicator, []).append(Judgement(points, given.reason, path))
    return found


def _figure(raw: Any, path: str) -> Fraction:
    try:
        return exact(raw)
    except ValueError as error:
        raise LetterError(path, '必须是数字（小数请用文本，如 "89.99"）', str(error)) from None


def deadline(body: DeadlineIn) -> Answer:
    """Until when, and whether it was met. Raises NoSuchClock, and BadInput with the path of what cannot be read."""
    done = [body.done_at] if isinstance(body.done_at, str) else body.done_at
    try:
        found = answer(
            Asked(body.clock, body.template, body.trigger_at, done, body.parameters), _calendar(body.calendar)
        )
    except LetterError as error:
        raise BadInput.of(error) from error
    if found is None:
        raise NoSuchClock(clock=body.clock)
    return found


def _calendar(name: Any) -> WorkingCalendar:
    if name in (None, "statutory"):
        return standard()
    if name == "weekends":
        return WorkingCalendar(zone=SHANGHAI, week=OFFICE_WEEK)
    raise LetterError("calendar", "只能取：statutory、weekends", "must be statutory or weekends")


def _plain(readings: Readings) -> Mapping[str, Mapping[str, Any]]:
    return {code: reading.model_dump(exclude_none=True) for code, reading in readings.items()}


def _period(text: str, path: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError as error:
        raise LetterError(path, "期间应为 2025、2025-H1、2025-Q1 或 2025-03", str(error)) from None
