"""The cases behind a frozen number, page by page, each with how it was used and where it can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.kpi.domain.letters import LetterError
from services.kpi.domain.numbers import plain
from services.kpi.domain.verdicts import COUNTED, EXCLUDED, words
from services.kpi.errors import BadInput, NoSuchIndicator
from services.kpi.facts import repository as facts
from services.kpi.scorecards import repository
from services.kpi.scorecards.schemas import ClockOut, EvidenceOut
from shared.db.tx import Tx
from shared.http.schemas import Text

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Pin:
    """One use of one fact: its place in the scorecard, so that a list can go on after it."""

    place: int
    number: int
    indicator: str
    fact_id: UUID
    verdict: str
    counted: bool


async def pins(
    tx: Tx, scorecard_id: UUID, indicator: str | None, state: str | None, after: tuple[int, int] | None, limit: int
) -> Sequence[Pin]:
    """The next uses of facts, of one indicator or all, in a state (a verdict, or `counted` or `excluded`) or all.

    Raises NoSuchIndicator for a line that the card does not have, and BadInput for a state that none of its cases is
    in, naming those there are: an empty page would read as "no such case", a typo as "nothing was excluded".
    """
    items = await repository.items(tx, scorecard_id, indicator)
    if indicator is not None and not items:
        raise NoSuchIndicator(indicator=indicator)
    if state not in (None, COUNTED, EXCLUDED):
        known = sorted({verdict for item in items for verdict in item.verdicts} | {COUNTED, EXCLUDED})
        if state not in known:
            zh, en = f"没有这种状态；可用：{'、'.join(known)}", f"no such state; there are {', '.join(known)}"
            raise BadInput.of(LetterError("query.state", zh, en))
    found: list[Pin] = []
    for item in items:
        for pin in _of_item(item):
            if after is not None and (pin.place, pin.number) <= after:
                continue
            if state in (None, pin.verdict, COUNTED if pin.counted else EXCLUDED):
                found.append(pin)
                if len(found) == limit:
                    return found
    return found


def _of_item(item: Any) -> Iterator[Pin]:
    uses = zip(item.fact_ids, item.verdicts, item.counted, strict=True)
    for number, (fact_id, verdict, counted) in enumerate(uses):
        yield Pin(item.place, number, item.indicator, fact_id, verdict, counted)


# row: C-228, G-004 the basis of each number is produced on demand, case by case
async def present(tx: Tx, found: Sequence[Pin]) -> list[EvidenceOut]:
    """The cases of a page: two statements, however many."""
    rows = await facts.versions(tx, list({pin.fact_id for pin in found}))
    details = {id_: facts.detail_of(row) for id_, row in rows.items()}
    units = {UUID(str(d["unit_id"])) for d in details.values() if d.get("unit_id")}
    numbers = await repository.unit_numbers(tx, sorted(units))
    return [_one(pin, rows[pin.fact_id], details[pin.fact_id], numbers) for pin in found]


def _one(pin: Pin, row: Any, detail: dict[str, Any], numbers: dict[UUID, str]) -> EvidenceOut:
    unit_id = UUID(str(detail["unit_id"])) if detail.get("unit_id") else None
    return EvidenceOut(
        indicator=pin.indicator,
        subject=row["subject"],
        subject_id=_subject_id(row["subject"], unit_id),
        state=pin.verdict,
        title=Text(**words(pin.verdict).as_json()),
        counted=pin.counted,
        numerator=plain(facts.number(row["numerator"])),
        denominator=plain(facts.number(row["denominator"])),
        on=row["on_date"],
        at=row["at"],
        decided_at=row["decided_at"],
        who=row["who"],
        missed_clocks=list(detail.get("breached") or ()),
        clocks=[_clock(clock) for clock in detail.get("clocks") or ()],
        unit_id=unit_id,
        unit_number=numbers.get(unit_id) if unit_id else None,
        link=row["link"],
        detail={name: value for name, value in detail.items() if name not in ("clocks", "breached")},
        fact_id=pin.fact_id,
        originals_url=f"/kpi/v1/originals?fact_id={pin.fact_id}",
    )


def _clock(raw: dict[str, Any]) -> ClockOut:
    return ClockOut(
        clock=raw["clock"],
        title=Text(**raw["title"]),
        state=raw["state"],
        due_at=raw["due_at"],
        done_at=raw["done_at"],
    )


def _subject_id(subject: str, unit_id: UUID | None) -> UUID | None:
    """The thing a case is about: the household of a survey, else the first id its subject names."""
    if ":" in subject and unit_id is not None:
        return unit_id
    found = _ID.search(subject)
    return UUID(found[0]) if found else None
