"""After a close: the cases feed is told which cases the card counts, a few hundred at a time.

A card pins many thousand cases; telling of all of them inside the close would keep its transaction open for seconds.
"""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from uuid import UUID

from services.kpi.domain.feed_rows import FeedRow, instant
from services.kpi.facts import repository as facts
from services.kpi.feeds import repository as feeds
from services.kpi.feeds.writing import tell
from services.kpi.scorecards import repository
from shared.db.tx import Tx
from shared.runtime import Job, Runtime

JOB = "scorecard.cases"
CHUNK = 500


async def run(rt: Runtime, job: Job) -> None:
    """Tell of all cases of a scorecard that still stands; done again, it changes nothing."""
    scorecard_id = UUID(job.payload["scorecard_id"])
    async with rt.db.read(job.org_id) as tx:
        items = await repository.items(tx, scorecard_id)
    for item in items:
        for start in range(0, len(item.fact_ids), CHUNK):
            async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
                if not await _chunk(tx, scorecard_id, item.indicator_version, item.fact_ids[start : start + CHUNK]):
                    return


async def _chunk(tx: Tx, scorecard_id: UUID, version: int, fact_ids: list[UUID]) -> bool:
    card = await repository.get(tx, scorecard_id)
    head = None if card is None else await repository.head(tx, card.letter_id, card.period)
    if card is None or head is None or head.scorecard_id != scorecard_id:
        return False  # restated meanwhile: the cases are those of the other card
    pinned = await facts.versions(tx, fact_ids, detail=False)
    keys = {f"{card.community_id}/{row['indicator']}/{version}/{row['subject']}": id_ for id_, row in pinned.items()}
    status = "closed" if card.revision == 1 else "restated"
    rows = []
    for doc in await feeds.docs(tx, "cases", list(keys)):
        content = json.loads(doc)
        if content["fact_id"] != str(keys[content["key"]]):
            continue  # something was told of the case since; no card counts it like that
        content |= {"status": status, "scorecard_id": str(scorecard_id), "computed_at": instant(tx.now)}
        on = date.fromisoformat(content["on"])
        top, bottom = Fraction(content["numerator"]), Fraction(content["denominator"])
        rows.append(FeedRow("cases", content["key"], content["community_id"], on, on, content, top, bottom))
    tell(tx, rows)
    return True
