"""Proves a scorecard from an exported bundle alone, on any machine: no database, no service, no network.

The bundle holds the card, its letter, its rules, its pinned facts and the events of the services' change feeds. Events
are folded and judged anew, facts are summed by a code path of this module's own, points are scored, and everything is
compared with what was published, to the digit and to the hash. What does not agree is named.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kpi.domain.catalogue import IndicatorInfo, families, indicators
from services.kpi.domain.engine import Inputs, score
from services.kpi.domain.facts import OBJECTED, Case, Doc, Fact, Judging
from services.kpi.domain.freezing import item_hash, reading_from_json, scorecard_hash
from services.kpi.domain.letter_files import letter_from
from services.kpi.domain.measure import Reading, measure
from services.kpi.domain.numbers import exact, fixed
from shared.periods import Period

FORMAT = 1
CARD, LETTER, RULES, FACTS, EVENTS = "card.json", "letter.json", "rules.json", "facts.ndjson", "events.ndjson"
PARTS = (CARD, LETTER, RULES, FACTS, EVENTS)
_RULE = ("rule", "with", "target")


@dataclass(slots=True)
class Proof:
    """What was found: differences by part, and how much was looked at."""

    scorecard_id: str
    total: str | None
    recomputed: str | None = None
    differences: list[str] = field(default_factory=list)
    facts: int = 0
    events: int = 0

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return not self.differences

    def says(self, part: str, what: str) -> None:
        """Name a difference."""
        self.differences.append(f"{part}: {what}")


def split(definition: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A letter's words apart from its rules, so that each is proven by itself."""
    letter, rules = copy.deepcopy(dict(definition)), {}
    for item in _items(letter):
        rules[item["indicator"]] = {name: item.pop(name) for name in _RULE if name in item}
    return letter, rules


def joined(letter: Mapping[str, Any], rules: Mapping[str, Any]) -> dict[str, Any]:
    """The definition that `split` took apart."""
    whole = copy.deepcopy(dict(letter))
    for item in _items(whole):
        item.update(rules.get(item["indicator"], {}))
    return whole


def _items(definition: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for section in definition.get("sections") or ():
        yield from section["items"]
    yield from definition.get("reported") or ()


def hashes(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The manifest of a bundle."""
    return {name: hashlib.sha256(parts[name]).hexdigest() for name in PARTS}


def prove(manifest: Mapping[str, Any], parts: Mapping[str, bytes], infos: Mapping[str, IndicatorInfo]) -> Proof:
    """Recompute the card of a bundle. Raises ValueError or KeyError for what is no bundle at all."""
    card = json.loads(parts[CARD])
    proof = Proof(card["id"], card["result"]["total"])
    for name, told in hashes(parts).items():
        if manifest["files"].get(name) != told:
            proof.says(name.partition(".")[0], "the file is not the one that was exported")
    definition = joined(json.loads(parts[LETTER]), json.loads(parts[RULES]))
    pinned = [json.loads(line) for line in parts[FACTS].splitlines()]
    proof.facts = len(pinned)
    period, zone = Period.parse(card["period"]), ZoneInfo(card["timezone"])
    readings = {
        item["indicator"]: _item(proof, item, [row for row in pinned if row["item"] == item["indicator"]], infos)
        for item in card["items"]
    }
    _hash(proof, card, definition)
    _events(proof, card, pinned, parts[EVENTS].splitlines(), period, zone)
    _points(proof, card, definition, readings, period, infos)
    return proof


def _fact(row: Mapping[str, Any], indicator: str) -> Fact:
    def at(name: str) -> datetime | None:
        return None if row[name] is None else datetime.fromisoformat(row[name])

    def number(text: str) -> int | Fraction:
        value = Fraction(text)
        return int(value) if value.denominator == 1 else value

    return Fact(
        indicator=indicator,
        subject=row["subject"],
        numerator=number(row["numerator"]),
        denominator=number(row["denominator"]),
        on=date.fromisoformat(row["on"]),
        verdict=row["verdict"],
        counted=row["counted"],
        at=at("at"),
        decided_at=at("decided_at"),
        group=row["group"],
        since=None if row["since"] is None else date.fromisoformat(row["since"]),
        until=None if row.get("until") is None else date.fromisoformat(row["until"]),
    )


def _item(
    proof: Proof, item: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], infos: Mapping[str, IndicatorInfo]
) -> Reading:
    """One line: its facts under its hash, their sum, and the reading that was published."""
    code, stored = item["indicator"], reading_from_json(item["reading"])
    if not item["derived"]:
        return stored
    if infos[code].version != item["indicator_version"]:
        proof.says("rule", f"{code}: version {item['indicator_version']} is not the one that judges here")
    if _item_hash(item, stored, rows) != item["hash"]:
        ordered = sorted(rows, key=lambda row: (row["on"], row["subject"], row["use"]))
        if _item_hash(item, stored, ordered) == item["hash"]:
            proof.says("order", f"{code}: the facts are those of the card, in another order")
        else:
            proof.says("fact", f"{code}: the facts are not those that were frozen")
    again = _summed(code, rows)
    if stored.measured and again != (stored.numerator, stored.denominator):
        proof.says("sum", f"{code}: the facts give {again[0]}/{again[1]}, not {stored.numerator}/{stored.denominator}")
    return stored


def _item_hash(item: Mapping[str, Any], reading: Reading, rows: Sequence[Mapping[str, Any]]) -> str:
    code = item["indicator"]
    return item_hash(
        code,
        item["indicator_version"],
        reading,
        ((row["id"], _fact(row, code), row["use"], row["used"]) for row in rows),
    )


def _summed(code: str, rows: Sequence[Mapping[str, Any]]) -> tuple[Fraction, Fraction | None]:
    """The sum of what counted: a loop over the rows, sharing nothing with the code that made the card."""
    indicator, top, bottom = indicators()[code], Fraction(0), Fraction(0)
    for row in rows:
        if row["used"]:
            top += Fraction(row["numerator"])
            bottom += Fraction(row["denominator"])
    scale = 100 if indicator.fen else 1
    return top / scale, None if indicator.unit == "count" else bottom / scale


def _hash(proof: Proof, card: Mapping[str, Any], definition: Mapping[str, Any]) -> None:
    head = {**card["head"], "letter": definition}
    told = scorecard_hash(head, [(item["indicator"], item["hash"]) for item in card["items"]], card["result"])
    if told != card["hash"]:
        proof.says("hash", "the published hash does not cover this letter, these rules and these figures")


def _points(
    proof: Proof,
    card: Mapping[str, Any],
    definition: Mapping[str, Any],
    readings: Mapping[str, Reading],
    period: Period,
    infos: Mapping[str, IndicatorInfo],
) -> None:
    history = {
        name: {code: reading_from_json(raw) for code, raw in values.items()}
        for name, values in card["head"]["history"].items()
    }
    columns = {name: exact(points) for name, points in card["result"].get("columns", {}).items()}
    inputs = Inputs(readings, history, period, columns=columns)
    again = score(letter_from(definition), inputs, card["head"]["parameters"], infos).as_json()
    proof.recomputed = again["total"]
    if again["total"] != card["result"]["total"]:
        proof.says("total", f"{again['total']} instead of {card['result']['total']}")
    for before, after in zip(card["result"]["items"], again["items"], strict=False):
        if (before["state"], before["deduction"]) != (after["state"], after["deduction"]):
            proof.says("rule", f"{before['indicator']}: {after['state']} instead of {before['state']}")
    if not columns and card["result"]["sections"]:
        added = sum((exact(section["points"]) for section in card["result"]["sections"]), Fraction(0))
        if card["result"]["total"] not in (None, fixed(added)):
            proof.says("sum", f"the sections add up to {fixed(added)}")


def _events(
    proof: Proof,
    card: Mapping[str, Any],
    pinned: Sequence[Mapping[str, Any]],
    lines: Sequence[bytes],
    period: Period,
    zone: ZoneInfo,
) -> None:
    """Fold the events of the feeds, judge the cases, and compare each fact with the one that was pinned."""
    docs: dict[tuple[str, str], Doc | None] = {}
    last = {"ticketing": 0, "billing": 0}
    for line in lines:
        event = _event(json.loads(line))
        proof.events += 1
        if event.position <= last[event.source]:
            proof.says("order", f"{event.source}: position {event.position} comes after {last[event.source]}")
        last[event.source] = event.position
        for family in families().values():
            if family.source == event.source and event.type in family.watches:
                for subject, piece in family.route(event):
                    place = (family.code, subject)
                    docs[place] = family.fold(docs.get(place), event, piece) or docs.get(place)
    restated = card["head"]["revision"] > 1
    for item in card["items"]:
        if item["derived"]:
            _compare(
                proof, item, [row for row in pinned if row["item"] == item["indicator"]], docs, period, zone, restated
            )


def _compare(
    proof: Proof,
    item: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    docs: Mapping[tuple[str, str], Doc | None],
    period: Period,
    zone: ZoneInfo,
    restated: bool,
) -> None:
    code = item["indicator"]
    indicator = indicators()[code]
    judging = Judging({**indicator.parameters, **item["definition"]})
    # The feeds know of no objection: what an upheld one took out is taken out here too, so that what stands in its
    # stead (the check before, the register's entry) is found as the card has it.
    out = {row["subject"] for row in rows if row["verdict"] == OBJECTED}
    facts = [
        replace(fact, verdict=OBJECTED, counted=False) if fact.subject in out else fact
        for (family, subject), doc in docs.items()
        if family in indicator.families and doc is not None
        for fact in indicator.judge(Case(family, subject, doc, zone), judging)
    ]
    used = measure(indicator, facts, period, zone, restated=restated).uses
    told = {(use.fact.subject, use.fact.on.isoformat()): use for use in used}
    held = {(row["subject"], row["on"]): row for row in rows}
    for key in sorted(told.keys() | held.keys()):
        row, use = held.get(key), told.get(key)
        if row is None:
            proof.says("fact", f"{code}: the feeds know {key[0]}, the card does not")
        elif use is None:
            proof.says("fact", f"{code}: the card counts {key[0]}, the feeds do not know it")
        elif (Fraction(row["numerator"]), Fraction(row["denominator"]), row["use"]) != (
            Fraction(use.fact.numerator),
            Fraction(use.fact.denominator),
            use.verdict,
        ):
            proof.says("fact", f"{code}: {key[0]} is {use.verdict} by the feeds, {row['use']} on the card")


def _event(raw: Mapping[str, Any]) -> Any:
    return SimpleNamespace(
        **{
            **raw,
            "id": UUID(raw["id"]),
            "subject": UUID(raw["subject"]),
            "community_id": None if raw["community_id"] is None else UUID(raw["community_id"]),
            "occurred_at": datetime.fromisoformat(raw["occurred_at"]),
            "recorded_at": datetime.fromisoformat(raw["recorded_at"]),
        }
    )
