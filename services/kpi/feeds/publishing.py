"""From scorecards and facts to feed rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from services.kpi import access
from services.kpi.catalogue import infos
from services.kpi.domain.feed_rows import (
    About,
    Feed,
    FeedRow,
    Status,
    case_row,
    indicator_row,
    instant,
    scorecard_row,
    tombstone,
)
from services.kpi.domain.given import definition
from services.kpi.domain.letters import Letter
from services.kpi.feeds import repository
from services.kpi.feeds.writing import tell
from shared.db.tx import Tx
from shared.periods import Period


async def scorecard(
    tx: Tx,
    row: Any,
    letter: Letter,
    period: Period,
    result: Mapping[str, Any],
    *,
    parameters: Mapping[str, str | None],
    as_of: datetime,
    frozen: Mapping[str, Any] | None = None,
    cases: Sequence[tuple[str, int, str]] = (),
) -> None:
    """Tell a letter's numbers of a period: provisional ones, or, with `frozen` (id, revision, hash), the
    closed or restated ones, and that the cases behind them (indicator, version, subject) are now those of a card."""
    status: Status = "provisional" if frozen is None else "closed" if frozen["revision"] == 1 else "restated"
    external = await access.external_ids(tx, [row.community_id])
    about = About(
        community_id=str(row.community_id),
        external_id=external.get(row.community_id),
        letter_id=str(row.id),
        template=letter.template,
        template_version=letter.version,
        period=period,
        status=status,
        as_of=as_of,
        computed_at=tx.now,
    )
    rows = [scorecard_row(about, str(row.subject_id), result, frozen)]
    for item in result["items"]:
        code = item["indicator"]
        chosen = definition(letter.item(code), code, parameters)
        rows.append(indicator_row(about, item, infos()[code].unit, infos()[code].version, chosen))
    tell(tx, rows)
    if frozen is not None and cases:
        keys = [f"{row.community_id}/{code}/{version}/{subject}" for code, version, subject in cases]
        tell(tx, await _carded(tx, keys, status, frozen["scorecard_id"]))


async def withdraw(tx: Tx, row: Any) -> None:
    """Take the provisional numbers of a letter away that is void; what was closed stays as it was."""
    community = str(row.community_id)
    found = []
    feeds: tuple[Feed, ...] = ("indicators", "scorecards")
    for feed in feeds:
        for doc in await repository.of_letter(tx, feed, f"{community}/{row.id}/"):
            content = json.loads(doc)
            if content["status"] == "provisional":
                period = Period.parse(content["period"])
                last = date.fromordinal(period.end.toordinal() - 1)
                found.append(tombstone(feed, content["key"], community, period.start, last, tx.now))
    tell(tx, found)


async def _carded(tx: Tx, keys: Sequence[str], status: Status, scorecard_id: str) -> list[FeedRow]:
    """The standing rows of cases, now part of a scorecard."""
    found = []
    for doc in await repository.docs(tx, "cases", keys):
        content = json.loads(doc)
        content |= {"status": status, "scorecard_id": scorecard_id, "computed_at": instant(tx.now)}
        on = datetime.fromisoformat(content["on"]).date()
        community = content["community_id"]
        sums = (Fraction(content["numerator"]), Fraction(content["denominator"]))
        found.append(FeedRow("cases", content["key"], community, on, on, content, *sums))
    return found


async def facts(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Tell of new fact versions, as the log has them; the last one of a case stands. Those of no community are not
    told: no scope would show them."""
    known = {row["community_id"] for row in rows if row["community_id"] is not None}
    external = await access.external_ids(tx, sorted(known)) if known else {}
    standing = {(row["indicator"], row["subject"]): row for row in rows if row["community_id"] is not None}
    tell(
        tx,
        [
            case_row(row, str(row["community_id"]), external.get(row["community_id"]), tx.now)
            for row in standing.values()
        ],
    )


def reach_of(communities: Sequence[UUID] | None, period: Period | None) -> repository.Reach:
    """The rows of these communities (None: all) and of a period with those inside it (None: all)."""
    if period is None:
        return repository.Reach(communities)
    return repository.Reach(communities, period.start, date.fromordinal(period.end.toordinal() - 1))
