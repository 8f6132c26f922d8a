"""The numbers of a scorecard: readings of all its indicators with the fact versions behind them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.kpi.access import Community
from services.kpi.catalogue import infos
from services.kpi.domain.catalogue import indicators
from services.kpi.domain.freezing import canonical, item_hash
from services.kpi.domain.given import definition
from services.kpi.domain.letters import Letter
from services.kpi.domain.measure import Measurement, Reading, Use
from services.kpi.facts import repository, values
from services.kpi.feeds import publishing
from services.kpi.observations import service as observed
from shared.db.tx import Tx
from shared.periods import Period


@dataclass(frozen=True, slots=True)
class ItemNumbers:
    """One indicator of a scorecard: its reading and, in one fixed order, the facts with how each was used."""

    indicator: str
    stored_as: str
    reading: Reading
    uses: Sequence[Use]
    ids: Sequence[UUID]

    @property
    def hash(self) -> str:
        """The hash of the item."""
        pinned = ((str(i), use.fact, use.verdict, use.counted) for i, use in zip(self.ids, self.uses, strict=True))
        return item_hash(self.indicator, infos()[self.indicator].version, self.reading, pinned)


async def numbers(
    tx: Tx,
    letter: Letter,
    parameters: Mapping[str, str | None],
    community: Community,
    period: Period,
    *,
    restated: bool,
) -> dict[str, ItemNumbers]:
    """The numbers of every indicator on a letter for a community and a period.

    Indicators defined as by default read the standing facts, all in one snapshot. Those for which the parties chose
    another definition are judged anew from their cases, and what is used is appended to the log under a name of its
    own, so that the scorecard can point at it. Observed indicators take what was confirmed of the period.
    """
    chosen, usual = _definitions(letter, parameters)
    found: dict[str, ItemNumbers] = {}
    for code, value in (await values.standing_values(tx, usual, [community], period, restated=restated)).items():
        found[code] = _pinned(code, code, value.measurement, value.ids)
    for code in chosen:
        if code not in found:
            found[code] = await _anew(tx, code, chosen[code], community, period, restated)
    seen = [item.indicator for item in letter.items if item.indicator not in found]
    for code, reading in (await observed.readings(tx, seen, [community.id], period)).items():
        found[code] = ItemNumbers(code, code, reading, (), ())
    return found


async def readings(
    tx: Tx, letter: Letter, parameters: Mapping[str, str | None], community: Community, period: Period
) -> dict[str, Reading]:
    """The same numbers to look at, of a period that is not closed: summed by the database, nothing pinned or kept."""
    chosen, usual = _definitions(letter, parameters)
    found = (await values.sums(tx, usual, [community], period))[community.id]
    for code in chosen:
        if code not in found:
            found[code] = (await _judged(tx, code, chosen[code], community, period, restated=False)).reading
    seen = [item.indicator for item in letter.items if item.indicator not in found]
    return {**found, **await observed.readings(tx, seen, [community.id], period)}


def defaults(letter: Letter, parameters: Mapping[str, str | None]) -> list[str]:
    """The computed indicators that a letter defines as by default."""
    return _definitions(letter, parameters)[1]


def _definitions(
    letter: Letter, parameters: Mapping[str, str | None]
) -> tuple[dict[str, dict[str, str]], list[str]]:
    """How each computed indicator of a letter is defined, and which of them as by default."""
    chosen = {
        item.indicator: definition(item, item.indicator, parameters)
        for item in letter.items
        if item.indicator in indicators()
    }
    return chosen, [code for code, by in chosen.items() if by == dict(indicators()[code].parameters)]


async def _judged(
    tx: Tx, code: str, parameters: Mapping[str, str], community: Community, period: Period, *, restated: bool
) -> Measurement:
    judged = await values.without_objected(
        tx, code, [fact for _, fact in await values.judged_anew(tx, code, [community], parameters)]
    )
    return values.measured(code, judged, [community], period, restated=restated)


async def _anew(
    tx: Tx, code: str, parameters: Mapping[str, str], community: Community, period: Period, restated: bool
) -> ItemNumbers:
    measurement = await _judged(tx, code, parameters, community, period, restated=restated)
    name = f"{code}#{hashlib.sha256(canonical(dict(parameters))).hexdigest()[:8]}"
    rows: dict[str, Any] = {}
    for use in measurement.uses:
        rows[use.fact.subject] = repository.fact_row(
            use.fact,
            version=indicators()[code].version,
            community_id=community.id,
            recorded_at=tx.now,
            stored_as=name,
        )
    if rows:
        await repository.append(tx, list(rows.values()))
        await publishing.facts(tx, list(rows.values()))
    return _pinned(code, name, measurement, {subject: row["id"] for subject, row in rows.items()})


def _pinned(code: str, stored_as: str, measurement: Measurement, ids: Mapping[str, UUID]) -> ItemNumbers:
    uses = sorted(measurement.uses, key=lambda use: (use.fact.on, use.fact.subject, use.verdict))
    return ItemNumbers(code, stored_as, measurement.reading, uses, [ids[use.fact.subject] for use in uses])
