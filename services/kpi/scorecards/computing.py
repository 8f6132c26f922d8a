"""The numbers of a scorecard: readings of all its indicators with the fact versions behind them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.kpi.access import Community
from services.kpi.catalogue import infos
from services.kpi.domain.catalogue import indicators, recorded
from services.kpi.domain.facts import WITHDRAWN, Fact, withdrawn
from services.kpi.domain.freezing import canonical, item_hash
from services.kpi.domain.given import definition
from services.kpi.domain.letters import Letter
from services.kpi.domain.measure import Measurement, Reading, Use
from services.kpi.facts import history_repository as history
from services.kpi.facts import repository, values
from services.kpi.feeds import publishing
from services.kpi.observations import service as observed
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.periods import Period


@dataclass(frozen=True, slots=True)
class ItemNumbers:
    """One indicator of a scorecard: its reading and, in one fixed order, the facts with how each was used."""

    indicator: str
    stored_as: str
    reading: Reading
    uses: Sequence[Use]
    ids: Sequence[UUID]
    derived: bool = True  # from facts; else from what was recorded

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
            found[code] = await _anew(tx, code, chosen[code], community, period, restated, keep=True)
    seen = [item.indicator for item in letter.items if item.indicator not in found]
    for code, reading in (await observed.readings(tx, seen, [community.id], period)).items():
        found[code] = ItemNumbers(code, code, reading, (), (), derived=False)
    for code, reading in (await _with_prior(tx, letter, _plain(found), community, period)).items():
        found[code] = replace(found[code], reading=reading)
    return found


async def readings(
    tx: Tx,
    letter: Letter,
    parameters: Mapping[str, str | None],
    community: Community,
    period: Period,
    *,
    keep: bool = False,
) -> dict[str, Reading]:
    """The same numbers to look at, of a period that is not closed: summed by the database, nothing pinned.

    `keep` appends what was judged by a definition of the parties' own, so that the past of such a line can be told.
    """
    chosen, usual = _definitions(letter, parameters)
    found = (await values.sums(tx, usual, [community], period))[community.id]
    for code in chosen:
        if code not in found:
            found[code] = (await _anew(tx, code, chosen[code], community, period, False, keep)).reading
    seen = [item.indicator for item in letter.items if item.indicator not in found]
    found = await _with_prior(tx, letter, found, community, period)
    return {**found, **await observed.readings(tx, seen, [community.id], period)}


def _plain(found: Mapping[str, ItemNumbers]) -> dict[str, Reading]:
    return {code: item.reading for code, item in found.items() if item.derived}


async def _with_prior(
    tx: Tx,
    letter: Letter,
    computed: Mapping[str, Reading],
    community: Community,
    period: Period,
    as_of: datetime | None = None,
) -> dict[str, Reading]:
    """Computed readings with last year's beside each whose target or bonus builds on it (AMB-045).

    What was still recorded by hand last year stands as it was recorded then.
    """
    codes = [code for code in computed if (item := letter.item(code)) is not None and item.by_prior]
    if not codes:
        return dict(computed)
    before = period.year_before()
    earlier = {} if as_of else (await values.sums(tx, codes, [community], before))[community.id]
    for code in codes if as_of else ():
        assert as_of is not None
        earlier[code] = (await values.value_as_of(tx, code, [community], before, as_of)).measurement.reading
    by_hand = await observed.readings(tx, codes, [community.id], before, as_of)
    found = dict(computed)
    for code in codes:
        prior = earlier[code] if earlier[code].measured else by_hand[code]
        if found[code].measured and prior.measured:
            found[code] = replace(found[code], prior=prior.value)
    return found


def defaults(letter: Letter, parameters: Mapping[str, str | None]) -> list[str]:
    """The indicators that a letter has computed from events, defined as by default."""
    return _definitions(letter, parameters)[1]


def _definitions(
    letter: Letter, parameters: Mapping[str, str | None]
) -> tuple[dict[str, dict[str, str]], list[str]]:
    """How each indicator that a letter has computed is defined, and which of them as by default."""
    chosen = {
        item.indicator: by
        for item in letter.items
        if not recorded(item.indicator, by := definition(item, item.indicator, parameters))
    }
    return chosen, [code for code, by in chosen.items() if stored_as(code, by) == code]


async def numbers_as_of(
    tx: Tx,
    letter: Letter,
    parameters: Mapping[str, str | None],
    community: Community,
    period: Period,
    moment: datetime,
) -> dict[str, ItemNumbers]:
    """The same as they could be known at a past moment.

    Under a definition that the parties chose, cases are judged every night and at each close: such a line is as the
    last of these before the moment had it.
    """
    found = {}
    for item in letter.items:
        code = item.indicator
        if recorded(code, by := definition(item, code, parameters)):
            continue
        name = stored_as(code, by)
        value = await values.value_as_of(tx, code, [community], period, moment, stored_as=name)
        found[code] = _pinned(code, name, value.measurement, value.ids)
    seen = [item.indicator for item in letter.items if item.indicator not in found]
    for code, reading in (await observed.readings(tx, seen, [community.id], period, moment)).items():
        found[code] = ItemNumbers(code, code, reading, (), (), derived=False)
    for code, reading in (await _with_prior(tx, letter, _plain(found), community, period, moment)).items():
        found[code] = replace(found[code], reading=reading)
    return found


def stored_as(code: str, parameters: Mapping[str, str]) -> str:
    """The name under which facts by this definition are kept: the indicator's own for its default definition."""
    if parameters == dict(indicators()[code].parameters):
        return code
    return f"{code}#{hashlib.sha256(canonical(dict(parameters))).hexdigest()[:8]}"


async def _anew(
    tx: Tx, code: str, parameters: Mapping[str, str], community: Community, period: Period, restated: bool, keep: bool
) -> ItemNumbers:
    judged = await values.without_objected(
        tx, code, [fact for _, fact in await values.judged_anew(tx, code, [community], parameters, period)]
    )
    measurement = values.measured(code, judged, [community], period, restated=restated)
    name = stored_as(code, parameters)
    if not keep:
        return _pinned(code, name, measurement, {use.fact.subject: uuid7() for use in measurement.uses})
    return _pinned(code, name, measurement, await _kept(tx, code, name, measurement, community, period))


async def _kept(
    tx: Tx, code: str, name: str, measurement: Measurement, community: Community, period: Period
) -> dict[str, UUID]:
    """The versions of what was judged, appending those that say something new; what is no case of the period any more
    is withdrawn."""
    bounds = (period.start, period.end) if indicators()[code].selection == "sum" else None
    standing = await history.standing_rows(tx, name, community.id, bounds)
    ids, fresh = {}, []
    version = indicators()[code].version

    def row(fact: Fact) -> dict[str, Any]:
        return repository.fact_row(
            fact, version=version, community_id=community.id, recorded_at=tx.now, stored_as=name
        )

    for fact in {use.fact.subject: use.fact for use in measurement.uses}.values():
        new, old = row(fact), standing.pop(fact.subject, None)
        if old is not None and _same(old, new):
            new = old
        else:
            fresh.append(new)
        ids[fact.subject] = new["id"]
    for old in standing.values():
        if period.contains(old["on_date"]) and old["verdict"] != WITHDRAWN:
            fresh.append(row(withdrawn(repository.fact_of(old, code))))
    if fresh:
        await repository.append(tx, fresh)
        await publishing.facts(tx, fresh)
    return ids


def _same(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether two versions say the same, whenever they were made."""

    def said(row: Mapping[str, Any]) -> dict[str, Any]:
        told = {name: value for name, value in row.items() if name not in ("id", "recorded_at", "detail")}
        return {**told, "detail": json.dumps(row["detail"], sort_keys=True, default=str)}

    return said(old) == said(new)


def _pinned(code: str, stored_as: str, measurement: Measurement, ids: Mapping[str, UUID]) -> ItemNumbers:
    uses = sorted(measurement.uses, key=lambda use: (use.fact.on, use.fact.subject, use.verdict))
    return ItemNumbers(code, stored_as, measurement.reading, uses, [ids[use.fact.subject] for use in uses])
