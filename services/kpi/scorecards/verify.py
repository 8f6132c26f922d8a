"""Recomputes a frozen scorecard from its pinned facts, to the same digits or with a list of what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kpi.access import Community
from services.kpi.catalogue import infos
from services.kpi.domain.catalogue import indicators
from services.kpi.domain.facts import Fact
from services.kpi.domain.freezing import item_hash, reading_from_json, scorecard_hash
from services.kpi.domain.letter_files import letter_from
from services.kpi.domain.letters import Letter
from services.kpi.domain.measure import Reading, measure
from services.kpi.domain.numbers import exact
from services.kpi.errors import NoSuchScorecard
from services.kpi.facts import repository as facts
from services.kpi.facts import values
from services.kpi.letters import repository as signed
from services.kpi.letters import terms
from services.kpi.scorecards import repository
from services.kpi.scorecards.closing import hashed
from services.kpi.scorecards.scoring import scored
from shared.db.tx import Tx
from shared.periods import Period

HEAD = (
    "letter_id",
    "template",
    "template_version",
    "community_id",
    "subject_id",
    "period",
    "revision",
    "restates_id",
    "reason",
    "parameters",
    "history",
)


@dataclass(slots=True)
class Verification:
    """What recomputing found. `drift` names indicators whose standing facts have moved on: no fault, but news."""

    scorecard_id: UUID
    total: str | None
    recomputed: str | None = None
    differences: list[str] = field(default_factory=list)
    drift: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every digit came out the same."""
        return not self.differences


async def verify(tx: Tx, scorecard_id: UUID) -> Verification:
    """Recompute a scorecard: facts against their hashes, sums against readings, points against the result.

    A read transaction is enough. Raises NoSuchScorecard.
    """
    card = await repository.get(tx, scorecard_id)
    if card is None:
        raise NoSuchScorecard()
    found = Verification(scorecard_id, card.result["total"])
    period, zone = Period.parse(card.period), ZoneInfo(card.timezone)
    definition = (await terms.at(tx, await signed.get(tx, card.letter_id), period)).definition
    letter = letter_from(definition)
    items = await repository.items(tx, scorecard_id)
    versions = await facts.versions(tx, list({id_ for item in items for id_ in item.fact_ids}), detail=False)
    readings = {item.indicator: _item(found, item, versions, period, zone, card.revision > 1) for item in items}
    columns = {name: exact(points) for name, points in card.result.get("columns", {}).items()}
    again = scored(letter, card.parameters, readings, card.history, period, columns).as_json()
    found.recomputed = again["total"]
    _compare(found, card.result, again)
    head = hashed({name: getattr(card, name) for name in HEAD}, definition)
    if scorecard_hash(head, [(item.indicator, item.hash) for item in items], card.result) != card.hash:
        found.differences.append("the hash of the scorecard does not cover what is stored")
    community = Community(card.community_id, "", card.path, zone)
    found.drift = await _drift(tx, letter, items, community, period, card.revision > 1)
    return found


def _item(
    found: Verification, item: Any, versions: Mapping[UUID, Any], period: Period, zone: ZoneInfo, restated: bool
) -> Reading:
    stored = reading_from_json(item.reading)
    if not item.derived:
        return stored
    missing = [id_ for id_ in item.fact_ids if id_ not in versions]
    if missing:
        found.differences.append(f"{item.indicator}: {len(missing)} facts are gone")
        return stored
    pinned: list[Fact] = [facts.fact_of(versions[id_], item.indicator) for id_ in item.fact_ids]
    uses = zip(item.fact_ids, pinned, item.verdicts, item.counted, strict=True)
    used = ((str(id_), fact, verdict, counted) for id_, fact, verdict, counted in uses)
    if item_hash(item.indicator, item.indicator_version, stored, used) != item.hash:
        found.differences.append(f"{item.indicator}: the facts are not those that were frozen")
    if infos()[item.indicator].version != item.indicator_version:
        found.differences.append(f"{item.indicator}: version {item.indicator_version} is not installed")
    # A register entry may stand behind several months; the sum takes each fact once and spreads it itself.
    once = list({fact.subject: fact for fact in pinned}.values())
    again = measure(indicators()[item.indicator], once, period, zone, restated=restated).reading
    again = replace(again, prior=stored.prior)  # another year's, frozen with the reading
    if again != stored:
        found.differences.append(f"{item.indicator}: {again.value} instead of {stored.value}")
    return again


def _compare(found: Verification, stored: Mapping[str, Any], again: Mapping[str, Any]) -> None:
    if stored["total"] != again["total"]:
        found.differences.append(f"total: {again['total']} instead of {stored['total']}")
    for before, after in zip(stored["sections"], again["sections"], strict=True):
        if before["points"] != after["points"]:
            found.differences.append(f"{before['section']}: {after['points']} instead of {before['points']}")
    for before, after in zip(stored["items"], again["items"], strict=True):
        if (before["state"], before["deduction"]) != (after["state"], after["deduction"]):
            found.differences.append(f"{before['indicator']}: {after['state']} instead of {before['state']}")
    if [c["kind"] for c in stored["consequences"]] != [c["kind"] for c in again["consequences"]]:
        found.differences.append("the consequences differ")


async def _drift(tx: Tx, letter: Letter, items: Any, community: Community, period: Period, restated: bool) -> list[str]:
    """Indicators whose value today is another one than the frozen one."""
    usual = {item.indicator: item for item in items if item.derived and item.stored_as == item.indicator}
    today = await values.standing_values(tx, list(usual), [community], period, restated=restated)
    return [
        item.indicator
        for item in letter.items
        if item.indicator in usual
        and today[item.indicator].measurement.reading
        != replace(reading_from_json(usual[item.indicator].reading), prior=None)
    ]
