"""The close itself: score, pin, hash, store; tell the feeds and propose what follows. Whoever calls has checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi.access import Community
from services.kpi.catalogue import infos
from services.kpi.consequences import proposing
from services.kpi.domain.freezing import reading_json, scorecard_hash
from services.kpi.domain.letters import Letter
from services.kpi.domain.scorecard import Scorecard
from services.kpi.feeds import publishing
from services.kpi.letters import terms
from services.kpi.reviews import totals as reviews
from services.kpi.scorecards import carding, repository
from services.kpi.scorecards.computing import ItemNumbers, numbers
from services.kpi.scorecards.scoring import before, scored
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.periods import Period


async def close(
    tx: Tx,
    row: Row[Any],
    community: Community,
    period: Period,
    standing: Row[Any] | None,
    reason: str | None,
) -> UUID:
    """Freeze a letter's period, or restate what stands. The letter's row is locked. Raises BadInput."""
    said = await terms.at(tx, row, period)
    letter = said.letter
    found = await numbers(tx, letter, said.parameters, community, period, restated=standing is not None)
    history = await repository.earlier_readings(tx, community.id, letter.template, before(period))
    columns = await reviews.totals(tx, row.id, str(period))
    readings = {code: item.reading for code, item in found.items()}
    card = scored(letter, said.parameters, readings, history, period, columns)
    head = {
        "letter_id": row.id,
        "template": letter.template,
        "template_version": letter.version,
        "community_id": community.id,
        "subject_id": row.subject_id,
        "period": str(period),
        "revision": 1 if standing is None else standing.revision + 1,
        "restates_id": None if standing is None else standing.scorecard_id,
        "reason": reason,
        "parameters": said.parameters,
        "history": history,
    }
    id_ = uuid7()
    items = _items(id_, letter, card, found)
    result = card.as_json()
    stored = {
        **head,
        "id": id_,
        "result": result,
        "parked": await repository.parked(tx),
        "hash": scorecard_hash(hashed(head, said.definition), [(i["indicator"], i["hash"]) for i in items], result),
        "frozen_by": tx.actor_id,
        "frozen_at": tx.now,
    }
    await repository.insert(tx, stored, items)
    place = {name: head[name] for name in ("letter_id", "period", "revision", "community_id", "template")}
    await repository.put_head(tx, {**place, "scorecard_id": id_}, first=standing is None)
    tx.audit("scorecard.frozen", "scorecard", id_, after={"period": str(period), "total": result["total"]})
    tx.emit(
        "scorecard.frozen.v1",
        subject=id_,
        seq=head["revision"],
        community_id=community.id,
        data={
            "letter_id": str(row.id),
            "template": letter.template,
            "period": str(period),
            "revision": head["revision"],
            "total": result["total"],
            "hash": stored["hash"],
        },
    )
    await publishing.scorecard(
        tx,
        row,
        letter,
        period,
        result,
        parameters=said.parameters,
        as_of=tx.now,
        frozen={"scorecard_id": str(id_), "revision": head["revision"], "hash": stored["hash"]},
    )
    tx.enqueue(carding.JOB, {"scorecard_id": str(id_)})
    await proposing.from_card(tx, {**stored, "restates_id": head["restates_id"]}, result)
    return id_


def hashed(head: Mapping[str, Any], definition: Mapping[str, Any]) -> dict[str, Any]:
    """The head of a scorecard, with its letter as signed, in the form that is hashed."""
    plain = {name: str(value) if isinstance(value, UUID) else value for name, value in head.items()}
    return {**plain, "letter": definition}


def _items(
    scorecard_id: UUID, letter: Letter, card: Scorecard, found: Mapping[str, ItemNumbers]
) -> list[dict[str, Any]]:
    rows = []
    for place, line in enumerate(card.items):
        item = found[line.indicator]
        rows.append(
            {
                "scorecard_id": scorecard_id,
                "indicator": line.indicator,
                "place": place,
                "section": line.section,
                "indicator_version": infos()[line.indicator].version,
                "stored_as": item.stored_as,
                "derived": item.derived,
                "state": line.state,
                "reading": reading_json(item.reading),
                "fact_ids": list(item.ids),
                "verdicts": [use.verdict for use in item.uses],
                "counted": [use.counted for use in item.uses],
                "hash": item.hash,
            }
        )
    return rows
