"""The letter as a PDF: to be read before it is signed, signed by hand, or filed with its electronic signatures.

It names nobody: whoever signs on paper writes their own name, and kpi knows people by their ids alone.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

from services.kpi import access
from services.kpi.catalogue import infos
from services.kpi.domain.numbers import plain
from services.kpi.domain.settling import settle, target_of
from services.kpi.domain.signing import copies, letter_hash, signatories
from services.kpi.letters import papers, service
from services.kpi.letters.wording import INTERPRETATION
from shared.auth import Principal
from shared.db.tx import Tx
from shared.runtime import Runtime

FORMS = Path(__file__).parent / "forms"


async def print_letter(rt: Runtime, who: Principal, letter_id: UUID) -> bytes:
    """The PDF of a letter as it stands; the same letter is the same bytes. Raises NoSuchLetter."""
    # The typesetter is loaded where something is printed, not in every process.
    from shared.documents import Template, render

    async with rt.db.read(who.org) as tx:
        row = await service.get(tx, who, letter_id)
        content = await contents(tx, who, row)
    return await asyncio.to_thread(render, Template(FORMS, "letter"), content, row.updated_at)


async def contents(tx: Tx, who: Principal, row: Any) -> dict[str, Any]:
    """What stands on the letter: every word and number that its hash covers, and who has signed."""
    letter = service.signed(row)
    chosen = settle(letter, row.parameters)
    community = await access.community(tx, who, row.community_id)
    lines = []
    for item in chosen.items:
        target = target_of(item, row.parameters)
        lines.append(
            {
                "title": (item.title or infos()[item.indicator].title).as_json(),
                "target": "—" if target is None else target.text,
                "points": "" if item.points is None else plain(item.points),
            }
        )
    signed = {s.place: s for s in await papers.signatures(tx, row.id, "letter")}
    return {
        "title": letter.title.as_json(),
        "party": letter.party.as_json(),
        "appraiser": letter.appraiser.as_json(),
        "community": community.name,
        "term": row.term,
        "state": service.state(row, tx.now),
        "hash": row.hash or letter_hash(row._asdict()),
        "lines": lines,  # row: E-055 every clause with its target, under the hash that is signed
        "amendments": [_amendment(found) for found in await papers.amendments(tx, [row.id])],
        "signatures": [_signature(place, signed.get(place.place)) for place in signatories(row.definition)],
        "copies": [copy["holder"] for copy in copies(row.definition)],
        "interpretation": INTERPRETATION,
    }


def _amendment(row: Any) -> dict[str, Any]:
    changes = [
        {
            "title": infos()[change["name"]].title.zh if change["name"] in infos() else change["name"],
            "old": change["old"] or "—",
            "new": change["new"],
        }
        for change in row.changes
    ]
    return {
        "number": str(row.number),
        "clause": row.clause or "",
        "reason": row.reason,
        "effective_on": row.effective_on.isoformat(),
        "changes": changes,
    }


def _signature(place: Any, found: Any) -> dict[str, Any]:
    mark = (
        ""
        if found is None
        else "电子签名 signed electronically"
        if found.method == "electronic"
        else "见扫描件 see scan"
    )
    if found is not None and found.sealed:
        mark += "（已盖章 sealed）"
    return {"title": place.title, "mark": mark, "date": "" if found is None else found.signed_on.isoformat()}
