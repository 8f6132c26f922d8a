"""The timer `release`: what was held until an instant goes out, several lines to one person as one digest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notify.domain.delivery import State
from services.notify.domain.identity import digest_id, message_id
from services.notify.sending import claims, repository
from services.notify.templating.library import render
from services.notify.wording.service import in_force
from shared.db.tx import Tx
from shared.runtime import Timer

#: At most so many titles stand in one digest; the rest is named by its number and stands in the inbox.
LINES = 10


async def release(tx: Tx, timer: Timer) -> None:
    """Let go what is held until now. Idempotent: it looks at what is still held."""
    rows = await claims.held(tx)
    digests: dict[tuple[UUID, str], list[Any]] = {}
    for row in rows:
        if row.held_for == "digest" and row.title is not None:
            digests.setdefault((row.person_id, row.channel), []).append(row)
    digested = {row.id for lines in digests.values() if len(lines) > 1 for row in lines}
    for (person_id, channel), lines in digests.items():
        if len(lines) > 1:
            await _digest(tx, person_id, channel, lines, timer.fire_at)
    await claims.let_go(tx, [row.id for row in rows if row.id in digested], State.DIGESTED)
    going = [row for row in rows if row.id not in digested]
    await claims.let_go(tx, [row.id for row in going], State.QUEUED)
    for channel, bulk in sorted({(row.channel, bool(row.bulk)) for row in going}):
        ids = [row.id for row in going if (row.channel, bool(row.bulk)) == (channel, bulk)]
        repository.enqueue(tx, ids, bulk=bulk)


async def _digest(tx: Tx, person_id: UUID, channel: str, lines: Sequence[Any], at: datetime) -> None:
    """One message in place of several; its fall-back is theirs."""
    first, template = lines[0], (await in_force(tx, ["digest"]))["digest"]
    locale = first.locale or "zh"
    shown = [line.title for line in lines[:LINES]]
    text = render(template, locale, {"count": len(lines), "titles": "\n".join(shown)}, {"name": first.name})
    cause = digest_id(person_id, channel, at)
    row = {
        "id": message_id(lines[-1].id, person_id, template.code),
        "cause_id": cause,
        "cause_type": "digest",
        "requested": False,
        "template": template.code,
        "template_version": template.version,
        "template_version_id": template.own,
        "message_class": first.message_class,
        "person_id": person_id,
        "community_id": first.community_id,
        "subject_id": cause,
        "locale": locale,
        "title": text.title,
        "body": text.body,
        "shown": dict(text.shown),
        "unit_id": None,
        "campaign_id": None,
        "digest": text.digest,
    }
    await repository.put_messages(tx, [row], inbox_too=False)
    await repository.put_deliveries(tx, [repository.delivery_row(row["id"], (channel, *(first.fallback or ())))])
