"""Values of indicators for a scope and a period: standing facts, facts as of a past moment, or cases judged anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kpi.access import Community
from services.kpi.domain.catalogue import indicators
from services.kpi.domain.facts import Case, Fact, Judging
from services.kpi.domain.measure import Measurement, measure
from services.kpi.domain.objecting import taken_out
from services.kpi.domain.times import SHANGHAI
from services.kpi.facts import repository
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
    tx: Tx, code: str, communities: Sequence[Community], parameters: Mapping[str, str]
) -> list[tuple[UUID | None, Fact]]:
    """The facts of an indicator by other definition parameters than the default, from the documents of its cases."""
    indicator = indicators()[code]
    zones = {c.id: c.zone for c in communities}
    judging = Judging({**indicator.parameters, **parameters})
    return [
        (row.community_id, fact)
        for row in await repository.documents(tx, indicator.families, list(zones))
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
