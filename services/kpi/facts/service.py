"""Events in, facts out: one select per family, fold, judge, one insert into the log, one merge into what stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kpi import access
from services.kpi.domain.catalogue import families, indicators
from services.kpi.domain.facts import (
    OBJECTED,
    WITHDRAWN,
    Case,
    CaseFamily,
    Doc,
    Fact,
    Indicator,
    Judging,
    changed,
)
from services.kpi.domain.objecting import objected
from services.kpi.facts import repository
from services.kpi.feeds import publishing
from shared.contracts.envelope import Event
from shared.db.tx import Tx
from shared.ids import uuid7


@dataclass(slots=True)
class _Open:
    """A case while a run of events passes over it."""

    doc: Doc | None
    community_id: UUID | None
    judged: Mapping[str, Sequence[Fact]] | None = None
    event: Event | None = None


@dataclass(slots=True)
class _Run:
    """What a run of events changes."""

    zones: Mapping[UUID | None, ZoneInfo]
    open: dict[tuple[str, str], _Open] = field(default_factory=dict)
    facts: list[dict[str, Any]] = field(default_factory=list)


@cache
def watching() -> Mapping[str, Mapping[str, Sequence[CaseFamily]]]:
    """Which families hear which event types, by source."""
    found: dict[str, dict[str, list[CaseFamily]]] = {}
    for family in families().values():
        for type_ in family.watches:
            found.setdefault(family.source, {}).setdefault(type_, []).append(family)
    return found


@cache
def judges(family: str) -> Sequence[Indicator]:
    """The indicators that judge the cases of a family."""
    return [indicator for indicator in indicators().values() if family in indicator.families]


async def apply_events(tx: Tx, events: Sequence[Event]) -> None:
    """Fold a run of events (of any types one source sends) into cases and append the facts that changed.

    Each event that changes a fact leaves its own version, recorded when the source recorded the event, so that
    "as of" answers the same after a rebuild. Raises ValueError or KeyError for an event that makes no sense; it is
    parked.
    """
    steps = [
        (family, subject, event, piece)
        for event in events
        for family in watching().get(event.source, {}).get(event.type, ())
        for subject, piece in family.route(event)
    ]
    if not steps:
        return
    run = _Run(await access.zones(tx, {event.community_id for event in events}))
    wanted: dict[str, set[str]] = {}
    for family, subject, _, _ in steps:
        wanted.setdefault(family.code, set()).add(subject)
    for code, subjects in wanted.items():
        known = await repository.load_cases(tx, code, list(subjects))
        for subject in subjects:
            doc, community_id = known.get(subject, (None, None))
            run.open[(code, subject)] = _Open(doc, community_id)
    for family, subject, event, piece in steps:
        _step(run, family, subject, event, piece)
    await repository.save_cases(
        tx,
        [
            {
                "family": code,
                "subject": subject,
                "community_id": case.community_id,
                "doc": case.doc,
                "recorded_at": case.event.recorded_at,
            }
            for (code, subject), case in sorted(run.open.items())
            if case.event is not None
        ],
    )
    if run.facts:
        await keep(tx, run.facts)


async def keep(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Append fact versions and tell of them; a case that an upheld objection took out stays out, whatever comes.

    What is out is asked after the standing rows are locked: a decision at the same moment waits for us or we for it.
    """
    await repository.append(tx, rows)
    out = await repository.excluded(tx, [(row["indicator"], row["subject"]) for row in rows])
    again = [
        objected({**row, "id": uuid7()}, out[key])
        for row in rows
        if (key := (row["indicator"], row["subject"])) in out and row["verdict"] not in (OBJECTED, WITHDRAWN)
    ]
    if again:
        await repository.append(tx, again)
    await publishing.facts(tx, [*rows, *again])


def _step(run: _Run, family: CaseFamily, subject: str, event: Event, piece: Mapping[str, Any]) -> None:
    case = run.open[(family.code, subject)]
    after = family.fold(case.doc, event, piece)
    if after is None or after == case.doc:
        return
    zone = run.zones.get(case.community_id) or run.zones[event.community_id]
    before = case.judged if case.judged is not None else judge(family.code, subject, case.doc, zone)
    case.doc, case.event = after, event
    case.community_id = case.community_id or event.community_id
    case.judged = judge(family.code, subject, after, zone)
    for indicator in judges(family.code):
        for fact in changed(before.get(indicator.code, ()), case.judged[indicator.code]):
            run.facts.append(
                repository.fact_row(
                    fact,
                    version=indicator.version,
                    community_id=case.community_id,
                    recorded_at=event.recorded_at,
                )
            )


def judge(family: str, subject: str, doc: Doc | None, zone: ZoneInfo) -> Mapping[str, Sequence[Fact]]:
    """What every indicator of the family says of a document, by default definitions."""
    if doc is None:
        return {}
    case = Case(family, subject, doc, zone)
    return {indicator.code: indicator.judge(case, Judging(indicator.parameters)) for indicator in judges(family)}
