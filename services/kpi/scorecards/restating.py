"""Restatements: made at once where a decision changes a case, and shown as what was before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi import access
from services.kpi.facts import repository as facts
from services.kpi.letters import service as signed
from services.kpi.review_errors import NotARestatement
from services.kpi.scorecards import repository
from services.kpi.scorecards.closing import close
from shared.auth import Principal
from shared.db.tx import Tx
from shared.periods import Period


async def of_case(
    tx: Tx, who: Principal, letter_ids: Sequence[UUID], indicator: str, subject: str, reason: str
) -> list[UUID]:
    """Restate every standing scorecard of these (locked) letters that pins a case; the new ones' ids."""
    found = []
    for head in await repository.pinning(tx, letter_ids, indicator, subject):
        row = await signed.get(tx, who, head.letter_id)
        community = await access.community(tx, who, row.community_id)
        found.append(await close(tx, row, community, Period.parse(head.period), head, reason))
    return found


async def difference(tx: Tx, card: Row[Any]) -> dict[str, Any]:
    """What a restatement changed: totals, lines, and the cases behind them. Raises NotARestatement for a first
    close."""
    if card.restates_id is None:
        raise NotARestatement()
    before = await repository.get(tx, card.restates_id)
    assert before is not None
    old = {item["indicator"]: item for item in before.result["items"]}
    names = ("state", "value", "numerator", "denominator", "points", "deduction")
    lines = [
        {
            "indicator": item["indicator"],
            "before": {name: old[item["indicator"]][name] for name in names},
            "after": {name: item[name] for name in names},
        }
        for item in card.result["items"]
        if item["indicator"] in old and any(item[name] != old[item["indicator"]][name] for name in names)
    ]
    return {
        "scorecard_id": card.id,
        "restates_id": card.restates_id,
        "total_before": before.result["total"],
        "total_after": card.result["total"],
        "items": lines,
        "cases": await _cases(tx, before.id, card.id),
        "reason": card.reason,
        "restated_by": card.frozen_by,
        "restated_at": card.frozen_at,
    }


async def _cases(tx: Tx, before: UUID, after: UUID) -> list[dict[str, Any]]:
    old, new = await _pins(tx, before), await _pins(tx, after)
    moved = {id_: use for id_, use in (old | new).items() if old.get(id_) != new.get(id_)}
    versions = await facts.versions(tx, list({id_ for _, id_ in moved}), detail=False)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for key in moved:
        code, fact_id = key
        subject = versions[fact_id]["subject"]
        line = found.setdefault(
            (code, subject), {"indicator": code, "subject": subject, "before": None, "after": None}
        )
        if key in old:
            line["before"] = old[key]
        if key in new:
            line["after"] = new[key]
    return [line for _, line in sorted(found.items()) if line["before"] != line["after"]]


async def _pins(tx: Tx, scorecard_id: UUID) -> dict[tuple[str, UUID], str]:
    return {
        (item.indicator, fact_id): verdict
        for item in await repository.items(tx, scorecard_id)
        for fact_id, verdict in zip(item.fact_ids, item.verdicts, strict=True)
    }
