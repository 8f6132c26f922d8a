"""Exports a frozen scorecard with everything it rests on, so that it can be proven where there is no database."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from services.kpi.domain import proving
from services.kpi.domain.catalogue import indicators
from services.kpi.domain.freezing import fraction_text
from services.kpi.domain.given import definition
from services.kpi.domain.letter_files import letter_from
from services.kpi.errors import NoSuchScorecard
from services.kpi.facts import repository as facts
from services.kpi.facts.service import watching
from services.kpi.letters import repository as letters
from services.kpi.letters import terms
from services.kpi.scorecards import repository
from services.kpi.scorecards.closing import hashed
from services.kpi.scorecards.verify import HEAD
from shared.db.tx import Tx
from shared.periods import Period
from shared.runtime import Runtime

#: Events of one page of a change feed.
PAGE = 1000


async def export(rt: Runtime, org_id: UUID, scorecard_id: UUID) -> bytes:
    """The bundle of a scorecard as a zip, with the events of its community pulled from the services' change feeds.

    Raises NoSuchScorecard, PeerDown.
    """
    async with rt.db.read(org_id) as tx:
        card = await repository.get(tx, scorecard_id)
    if card is None:
        raise NoSuchScorecard()
    events: list[Mapping[str, Any]] = []
    for source, types in watching().items():
        events += await _pulled(rt, org_id, source, sorted(types), card.community_id, card.frozen_at)
    async with rt.db.read(org_id) as tx:
        return await pack(tx, scorecard_id, events)


async def _pulled(
    rt: Runtime, org_id: UUID, source: str, types: list[str], community: UUID, until: datetime
) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    after = 0
    while True:
        page = await rt.peers[source].get_json(
            f"/{source}/v1/changes",
            org=org_id,
            params={"after": str(after), "types": ",".join(types), "limit": str(PAGE)},
        )
        found += [event for event in page["items"] if _belongs(event, community, until)]
        after = page["position"]
        if page["next"] is None:
            return found


def _belongs(event: Mapping[str, Any], community: UUID, until: datetime) -> bool:
    return event["community_id"] == str(community) and datetime.fromisoformat(event["recorded_at"]) <= until


async def pack(tx: Tx, scorecard_id: UUID, events: Iterable[Mapping[str, Any]]) -> bytes:
    """The bundle of a scorecard over given events. Raises NoSuchScorecard."""
    card = await repository.get(tx, scorecard_id)
    if card is None:
        raise NoSuchScorecard()
    row = await letters.get(tx, card.letter_id)
    said = await terms.at(tx, row, Period.parse(card.period))
    letter, rules = proving.split(said.definition)
    items = await repository.items(tx, scorecard_id)
    versions = await facts.versions(tx, list({id_ for item in items for id_ in item.fact_ids}), detail=False)
    # The order of the letter, as the hash has it.
    parts = {
        proving.CARD: _json(_card(card, said, items)),
        proving.LETTER: _json(letter),
        proving.RULES: _json(rules),
        proving.FACTS: _lines(_fact(item, n, versions) for item in items for n in range(len(item.fact_ids))),
        proving.EVENTS: _lines(events),
    }
    manifest = {
        "format": proving.FORMAT,
        "scorecard_id": str(card.id),
        "hash": card.hash,
        "files": proving.hashes(parts),
    }
    return zipped({"manifest.json": _json(manifest), **parts})


def _card(card: Any, said: terms.Terms, items: Any) -> dict[str, Any]:
    head = hashed({name: getattr(card, name) for name in HEAD}, {})
    head.pop("letter")
    letter = letter_from(said.definition)
    return {
        "id": str(card.id),
        "period": card.period,
        "timezone": card.timezone,
        "frozen_at": card.frozen_at.isoformat(),
        "hash": card.hash,
        "head": head,
        "result": card.result,
        "items": [
            {
                "indicator": item.indicator,
                "indicator_version": item.indicator_version,
                "derived": item.derived,
                "reading": item.reading,
                "hash": item.hash,
                "definition": definition(letter.item(item.indicator), item.indicator, card.parameters)
                if item.indicator in indicators()
                else {},
            }
            for item in items
        ],
    }


def _fact(item: Any, n: int, versions: Mapping[UUID, Any]) -> dict[str, Any]:
    row = versions[item.fact_ids[n]]

    def at(name: str) -> str | None:
        return None if row[name] is None else row[name].isoformat()

    return {
        "item": item.indicator,
        "id": str(item.fact_ids[n]),
        "subject": row["subject"],
        "numerator": fraction_text(Fraction(row["numerator"])),
        "denominator": fraction_text(Fraction(row["denominator"])),
        "on": row["on_date"].isoformat(),
        "verdict": row["verdict"],
        "counted": row["counted"],
        "at": at("at"),
        "decided_at": at("decided_at"),
        "group": row["group_key"],
        "since": at("since"),
        "until": at("until"),
        "use": item.verdicts[n],
        "used": item.counted[n],
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n" for row in rows)


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Files in a zip that is the same for the same files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()
