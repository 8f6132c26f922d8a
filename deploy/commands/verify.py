"""`steward verify SCORECARD`: recompute a frozen scorecard from its facts, by the service's own code."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

from deploy.commands.org import adopt_environment
from deploy.local.database import organisations
from deploy.local.failures import Unsuitable
from deploy.local.folder import DataFolder


def verify(data: Path, scorecard: UUID, org: UUID | None) -> tuple[bool, list[str]]:
    """Whether every digit came out the same, and the lines that say so. Raises Unsuitable for an unknown scorecard."""
    folder = DataFolder(data)
    adopt_environment(folder)
    known = [org] if org is not None else [UUID(found) for found in organisations(folder)]
    found = asyncio.run(_verify(known, scorecard))
    if found is None:
        raise Unsuitable(f"没有记分卡 {scorecard}。", f"There is no scorecard {scorecard}.")
    lines = [f"{scorecard}  {found.total} -> {found.recomputed}"]
    lines += [f"  differs: {text}" for text in found.differences]
    lines += [f"  moved on since: {text}" for text in found.drift]
    lines.append("一致 · the same to every digit" if found.ok else "不一致 · NOT the same")
    return found.ok, lines


async def _verify(orgs: list[UUID], scorecard: UUID) -> Any:
    from services.kpi.errors import NoSuchScorecard
    from services.kpi.scorecards.verify import verify as recompute
    from services.kpi.settings import Settings
    from shared.db.database import Database
    from shared.settings import load

    db = Database(load(Settings, "kpi"))
    try:
        for org in orgs:
            async with db.read(org) as tx:
                try:
                    return await recompute(tx, scorecard)
                except NoSuchScorecard:
                    continue
        return None
    finally:
        await db.close()
