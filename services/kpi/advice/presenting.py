"""Cases as people see them: whose they are, where they can be read, until when they run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.kpi.advice.schemas import ActionOut, CaseOut, GapOut
from services.kpi.advice.service import Action, Gap, Standing, title
from services.kpi.domain import advising
from services.kpi.domain.advising import OpenCase
from services.kpi.domain.catalogue import indicators
from services.kpi.domain.numbers import beside, fixed, plain
from services.kpi.facts import repository as facts
from services.kpi.scorecards import repository as cards
from services.kpi.templates.schemas import text
from shared.db.tx import Tx

#: Cases that one answer names; the sentence says how many there are.
MOST = 200


async def gaps(tx: Tx, now: Standing, found: Sequence[Gap]) -> list[GapOut]:
    """The gaps with their cases: two statements, however many."""
    wanted = [(case, gap.ids[case.subject]) for gap in found for case in gap.cases[:MOST]]
    shown = await _shown(tx, wanted)
    return [_gap(now, gap, shown) for gap in found]


def _gap(now: Standing, gap: Gap, shown: Mapping[UUID, dict[str, Any]]) -> GapOut:
    target, indicator = now.target(gap.indicator), indicators()[gap.indicator]
    assert target is not None and target.value is not None  # a gap has a target
    name, value = title(now, gap.indicator), now.readings[gap.indicator].value
    advice = advising.sentence(name, indicator, gap.lacks, len(gap.cases), target, enough=gap.enough)
    return GapOut(
        indicator=gap.indicator,
        title=text(name),
        target=target.text,
        value=beside(value or 0, target.value),
        lacking=plain(gap.lacks),
        cases=len(gap.cases),
        enough=gap.enough,
        points=None if gap.gain is None else fixed(gap.gain),
        advice=text(advice),
        closing=[CaseOut(**shown[gap.ids[case.subject]]) for case in gap.cases[:MOST]],
    )


async def actions(tx: Tx, found: Sequence[Action]) -> list[ActionOut]:
    """Today's actions as they go out."""
    shown = await _shown(tx, [(action.case, action.fact_id) for action in found])
    return [
        ActionOut(
            **shown[action.fact_id],
            letter_id=action.standing.row.id,
            template=action.standing.letter.template,
            community_id=action.standing.community.id,
            period=str(action.standing.period),
            indicator=action.case.indicator,
            title=text(title(action.standing, action.case.indicator)),
            points=fixed(action.points),
            running=action.case.running,
        )
        for action in found
    ]


async def _shown(tx: Tx, wanted: Sequence[tuple[OpenCase, UUID]]) -> dict[UUID, dict[str, Any]]:
    rows = await facts.versions(tx, [fact_id for _, fact_id in wanted]) if wanted else {}
    details = {id_: facts.detail_of(row) for id_, row in rows.items()}
    units = {UUID(str(detail["unit_id"])) for detail in details.values() if detail.get("unit_id")}
    numbers = await cards.unit_numbers(tx, sorted(units))
    found = {}
    for case, id_ in wanted:
        row, detail = rows[id_], details[id_]
        unit_id = UUID(str(detail["unit_id"])) if detail.get("unit_id") else None
        found[id_] = {
            "subject": case.subject,
            "fact_id": id_,
            "worth": plain(case.worth),
            "on": row["on_date"],
            "who": row["who"],
            "unit_id": unit_id,
            "unit_number": None if unit_id is None else numbers.get(unit_id),
            "link": row["link"],
            "due_at": _due(detail),
        }
    return found


def _due(detail: Mapping[str, Any]) -> str | None:
    """The next limit that still runs."""
    running = [clock["due_at"] for clock in detail.get("clocks") or () if clock["state"] == "open"]
    due = min(running) if running else detail.get("due_at")
    return None if due is None else str(due)
