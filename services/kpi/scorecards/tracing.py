"""One line of a card traced back: both numbers, raw and adjusted, what is in neither, and by which rule and letter."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.kpi.catalogue import infos
from services.kpi.domain import objecting
from services.kpi.domain.catalogue import indicators
from services.kpi.domain.facts import OBJECTED
from services.kpi.domain.freezing import canonical, reading_from_json
from services.kpi.domain.given import definition
from services.kpi.domain.measure import Reading, Use, measure
from services.kpi.domain.numbers import Number, fixed, plain
from services.kpi.domain.verdicts import words
from services.kpi.errors import NoSuchIndicator
from services.kpi.facts import repository as facts
from services.kpi.letters import repository as letters
from services.kpi.letters import terms
from services.kpi.scorecards import repository
from services.kpi.scorecards.schemas import ExclusionOut, ItemEvidenceOut, RateOut
from shared.db.tx import Tx
from shared.http.schemas import Text
from shared.periods import Period


async def trace(tx: Tx, card: Row[Any], indicator: str) -> ItemEvidenceOut:
    """Everything behind one line of a frozen card. Raises NoSuchIndicator for a line that it does not have."""
    found = await repository.items(tx, card.id, indicator)
    if not found:
        raise NoSuchIndicator(indicator=indicator)
    (item,) = found
    letter_row = await letters.get(tx, card.letter_id)
    assert letter_row is not None
    said = await terms.at(tx, letter_row, Period.parse(card.period))
    line = said.letter.item(indicator)
    assert line is not None  # the card was scored by these terms
    uses, raw = await _uses(tx, card, item)
    adjusted = reading_from_json(item.reading)
    shown = next(shown for shown in card.result["items"] if shown["indicator"] == indicator)
    return ItemEvidenceOut(
        scorecard_id=card.id,
        indicator=indicator,
        title=Text(**shown["title"]),
        unit=infos()[indicator].unit,
        adjusted=_rate(adjusted),
        raw=_rate(adjusted if raw is None else raw),
        objected=sum(use.verdict == OBJECTED for use in uses),
        counted=_groups(indicator, [use for use in uses if use.counted]),
        exclusions=_groups(indicator, [use for use in uses if not use.counted]),
        indicator_version=item.indicator_version,
        definition=definition(line, indicator, card.parameters) if item.derived else {},
        rule=line.rule,
        target=shown["target"],
        letter_id=card.letter_id,
        template=card.template,
        template_version=card.template_version,
        letter_hash=letter_row.hash,
        terms_hash=hashlib.sha256(canonical([said.parameters, said.definition])).hexdigest(),
        evidence_url=f"/kpi/v1/scorecards/{card.id}/evidence?indicator={indicator}",
    )


async def _uses(tx: Tx, card: Row[Any], item: Any) -> tuple[list[Use], Reading | None]:
    """How each pinned fact was used, and the reading there would be had nobody objected (None: nobody did)."""
    if not item.derived:
        return [], None
    taken = OBJECTED in item.verdicts
    rows = await facts.versions(tx, list(set(item.fact_ids)), detail=taken)
    pinned = {id_: facts.fact_of(row, item.indicator) for id_, row in rows.items()}
    uses = [
        Use(pinned[id_], verdict, counted)
        for id_, verdict, counted in zip(item.fact_ids, item.verdicts, item.counted, strict=True)
    ]
    if not taken:
        return uses, None
    once = {fact.subject: objecting.raw(fact, facts.detail_of(rows[id_])) for id_, fact in pinned.items()}
    period, zone = Period.parse(card.period), ZoneInfo(card.timezone)
    again = measure(indicators()[item.indicator], once.values(), period, zone, restated=card.revision > 1)
    return uses, again.reading


def _groups(code: str, uses: Sequence[Use]) -> list[ExclusionOut]:
    """Cases by state, with what they give or would have given; money in yuan."""
    scale = 100 if code in indicators() and indicators()[code].fen else 1
    sums: dict[str, tuple[int, Number, Number]] = {}
    for use in uses:
        cases, top, bottom = sums.get(use.verdict, (0, 0, 0))
        sums[use.verdict] = (cases + 1, top + use.fact.numerator, bottom + use.fact.denominator)
    return [
        ExclusionOut(
            state=state,
            title=Text(**words(state).as_json()),
            cases=cases,
            numerator=plain(Fraction(top) / scale),
            denominator=plain(Fraction(bottom) / scale),
        )
        for state, (cases, top, bottom) in sorted(sums.items())
    ]


def _rate(reading: Reading) -> RateOut:
    return RateOut(
        state=reading.state,
        value=None if reading.value is None else fixed(reading.value),
        numerator=None if reading.numerator is None else plain(reading.numerator),
        denominator=None if reading.denominator is None else plain(reading.denominator),
    )
