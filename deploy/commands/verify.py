"""`steward verify SCORECARD`: recompute a frozen scorecard from its facts, export it, or prove an exported bundle."""

from __future__ import annotations

import asyncio
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

from deploy.commands.org import adopt_environment
from deploy.local.database import organisations
from deploy.local.failures import Unsuitable
from deploy.local.folder import DataFolder

_SAME, _DIFFERS = "一致 · the same to every digit", "不一致 · NOT the same"


def run(data: Path, what: str, org: UUID | None, export: Path | None) -> tuple[bool, list[str]]:
    """Verify by id, write a bundle, or prove one. Raises Unsuitable for what is none of these."""
    try:
        scorecard = UUID(what)
    except ValueError:
        return prove(Path(what))
    if export is None:
        return verify(data, scorecard, org)
    export.write_bytes(bundle(data, scorecard, org))
    same, lines = prove(export)
    return same, [f"已导出 · written to {export}", *lines]


def prove(path: Path) -> tuple[bool, list[str]]:
    """Whether a bundle proves its card, and the lines that say so. Needs no stack. Raises Unsuitable for no bundle."""
    from services.kpi.catalogue import infos
    from services.kpi.domain import proving

    try:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in ("manifest.json", *proving.PARTS)}
        found = proving.prove(json.loads(parts["manifest.json"]), parts, infos())
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        zh, en = f"{path} 不是评分表导出文件：{error}", f"{path} is no bundle of a scorecard: {error}"
        raise Unsuitable(zh, en) from None
    lines = [f"{found.scorecard_id}  {found.total} -> {found.recomputed}  ({found.facts} facts, {found.events} events)"]
    lines += [f"  {text}" for text in found.differences]
    lines.append(_SAME if found.ok else _DIFFERS)
    return found.ok, lines


def bundle(data: Path, scorecard: UUID, org: UUID | None) -> bytes:
    """A scorecard with everything it rests on; the services must be running. Raises Unsuitable for an unknown one."""
    folder = DataFolder(data)
    adopt_environment(folder)
    known = [org] if org is not None else [UUID(found) for found in organisations(folder)]
    made = asyncio.run(_bundle(known, scorecard))
    if made is None:
        raise Unsuitable(f"没有记分卡 {scorecard}。", f"There is no scorecard {scorecard}.")
    return made


async def _bundle(orgs: list[UUID], scorecard: UUID) -> bytes | None:
    from services.kpi.errors import NoSuchScorecard
    from services.kpi.scorecards.bundling import export
    from services.kpi.settings import Settings
    from services.kpi.worker import SERVICE
    from shared.runtime import open_runtime
    from shared.settings import load

    async with open_runtime(SERVICE, load(Settings, "kpi")) as rt:
        for org in orgs:
            try:
                return await export(rt, org, scorecard)
            except NoSuchScorecard:
                continue
    return None


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
    lines.append(_SAME if found.ok else _DIFFERS)
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
