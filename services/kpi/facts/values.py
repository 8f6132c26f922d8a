"""Values of indicators for a scope and a period: standing facts, facts as of a past moment, or cases judged anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, get_args
from uuid import UUID

from services.kpi.access import Community
from services.kpi.domain.catalogue import indicators
from services.kpi.domain.facts import CHECKS, Case, Fact, Indicator, Judging, Selection
from services.kpi.domain.measure import NO_DATA, NOT_MEASURED, Measurement, Reading, measure, months, ratio
from services.kpi.domain.objecting import taken_out
from services.kpi.domain.times import SHANGHAI
from services.kpi.facts import repository
from services.kpi.facts import sums as adding
from shared.calendar import WorkingCalendar
from shared.db.tx import Tx
from shared.periods import Period


@dataclass(frozen=True, slots=True)
class Value:
    """A measurement with the ids of the fact versions behind it; `None` for a fact judged only for this question."""

    measurement: Measurement
    ids: Mapping[str, UUID]


async def standing_values(
    tx: Tx, codes: Sequence[str], communities: Sequence[Community], period: Period, *, restated: bool = False
) -> dict[str, Value]:
    """Values of indicators by their default definitions, all from one snapshot."""
    found = await repository.standing(tx, codes, [c.id for c in communities], period.start, period.end)
    return {code: _value(code, found[code], communities, period, restated) for code in codes}


#: In which windows of a period a file counts, each at its last check.
_WINDOWS: Mapping[Selection, Callable[[Period], list[tuple[date, date]]]] = {
    "last_check": lambda period: [(period.start, period.end)],
    "monthly_last_check": lambda period: [(month.start, month.end) for month in months(period)],
}


async def sums(
    tx: Tx,
    codes: Sequence[str] | None,
    communities: Sequence[Community],
    period: Period,
    *,
    everywhere: bool = False,
) -> dict[UUID, dict[str, Reading]]:
    """Readings of indicators (None: of all) by their default definitions, of each community by itself.

    The database adds; what `standing_values` does fact by fact for a scorecard's proof is done here for numbers that
    are only looked at. `everywhere`: the communities are all there are. Every community and indicator is answered.
    """
    found: dict[tuple[UUID, str], Reading] = {}
    wanted = [indicators()[code] for code in (indicators() if codes is None else codes)]
    by = {way: [one.code for one in wanted if one.selection == way] for way in get_args(Selection)}
    opened = by["open_in_period"]
    zones = {community.zone for community in communities}
    for zone in zones:
        there = [community.id for community in communities if community.zone == zone]
        ids = None if everywhere and len(zones) == 1 else there
        bounds = (period.start, period.end)
        silent: list[str] = []
        if by["sum"]:
            plain = None if codes is None else by["sum"]
            for row in await adding.sums(tx, plain, ids, bounds, period.bounds(zone)[1]):
                _keep(found, row, row["numerator"] is not None)
                if row["numerator"] is None:
                    silent.append(row["indicator"])
        for row in await adding.open_sums(tx, opened, ids, bounds, period.bounds(zone)[1]) if opened else ():
            _keep(found, row, row["numerator"] is not None)
        for way, windows in _WINDOWS.items():
            for row in await adding.last_sums(tx, by[way], ids, windows(period)) if by[way] else ():
                _keep(found, row, row["cases"] > 0)
        silent = [one.code for one in wanted if (one.selection, one.obliged) == ("sum", False) and one.code in silent]
        for code, community_id in await adding.not_asked(tx, silent, ids, bounds) if silent else ():
            found.setdefault((community_id, code), NOT_MEASURED)
    return {
        community.id: {one.code: found.get((community.id, one.code), _nothing(one)) for one in wanted}
        for community in communities
    }


def _keep(found: dict[tuple[UUID, str], Reading], row: Any, measured: bool) -> None:
    indicator = indicators().get(row["indicator"])
    if indicator is not None and measured:  # a kind of sum that is not the indicator's own is said anew by that
        scale = 100 if indicator.fen else 1
        top, bottom = Fraction(row["numerator"]) / scale, Fraction(row["denominator"]) / scale
        found[(row["community_id"], indicator.code)] = ratio(indicator.unit, top, bottom)


def _nothing(indicator: Indicator) -> Reading:
    return NOT_MEASURED if indicator.obliged or indicator.selection in CHECKS else NO_DATA


async def value_as_of(
    tx: Tx,
    code: str,
    communities: Sequence[Community],
    period: Period,
    moment: datetime,
    *,
    stored_as: str | None = None,
) -> Value:
    """One value as it could be known at a past moment; `stored_as` where its facts go by a definition's own name."""
    name = stored_as or code
    found = await repository.as_of(tx, name, [c.id for c in communities], moment)
    return _value(code, found[name], communities, period, False)


async def judged_anew(
    tx: Tx,
    code: str,
    communities: Sequence[Community],
    parameters: Mapping[str, str],
    period: Period,
    calendar: WorkingCalendar | None = None,
) -> list[tuple[UUID | None, Fact]]:
    """The facts of an indicator by other definition parameters than the default, from the documents of the cases that
    a period may speak of.

    ``calendar``: as if limits had counted by it, up to now.
    """
    indicator = indicators()[code]
    zones = {c.id: c.zone for c in communities}
    # A file of a register stands there whenever it was last heard of, and so does what is still open.
    since = period.start if indicator.selection == "sum" else None
    judging = Judging({**indicator.parameters, **parameters}, tx.now if calendar else None, calendar)
    return [
        (row.community_id, fact)
        for row in await repository.documents(tx, indicator.families, list(zones), since)
        for fact in indicator.judge(Case(row.family, row.subject, row.doc, zones[row.community_id]), judging)
    ]


async def without_objected(tx: Tx, code: str, facts: Sequence[Fact]) -> list[Fact]:
    """The same facts, those that an upheld objection took out not counted."""
    out = await repository.excluded(tx, [(code, fact.subject) for fact in facts])
    return [taken_out(fact, out[key]) if (key := (code, fact.subject)) in out else fact for fact in facts]


def measured(
    code: str, facts: Sequence[Fact], communities: Sequence[Community], period: Period, *, restated: bool = False
) -> Measurement:
    """The sum over facts. Communities of one scope share a zone, the first one's, for the end of the period."""
    zone = communities[0].zone if communities else SHANGHAI
    return measure(indicators()[code], facts, period, zone, restated=restated)


def _value(
    code: str, found: Sequence[tuple[UUID, Fact]], communities: Sequence[Community], period: Period, restated: bool
) -> Value:
    facts = [fact for _, fact in found]
    return Value(
        measured(code, facts, communities, period, restated=restated), {fact.subject: id_ for id_, fact in found}
    )
