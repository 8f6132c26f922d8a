"""A played quarter on a stack of its own, with a killer in it or without, and what was seen of it."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.demo.command import AHEAD
from deploy.demo.making.calendar import START
from deploy.demo.plan import Plan
from deploy.demo.playing import play
from deploy.demo.sink import Sink, mail_sink
from deploy.local import background
from deploy.local.folder import DataFolder
from deploy.local.options import Options
from deploy.local.ports import free_port
from deploy.local.process import wait_until
from deploy.local.readiness import not_ready
from shared.settings import SERVICES
from tests.faults import witness
from tests.faults.fire import Fire
from tests.faults.killer import Death, Killer
from tests.faults.recording import Answered, Recorder

#: Where the logs of a failed run are kept; by default nowhere.
KEEP = os.environ.get("STEWARD_TEST_KEEP")


@dataclass
class Seen:
    """What came of a play. The stack still runs, for whoever has more to ask."""

    folder: DataFolder
    plan: Plan
    sink: Sink
    report: dict[str, Any] = field(default_factory=dict)
    picture: dict[str, dict[str, Any]] = field(default_factory=dict)
    answered: list[Answered] = field(default_factory=list)
    deaths: list[Death] = field(default_factory=list)
    unarmed: list[str] = field(default_factory=list)
    repeats: int = 0
    seconds: float = 0.0


class Scene:
    """`async with Scene(plan, seed) as seen`: plays the plan; with a seed, a killer strikes meanwhile."""

    def __init__(self, plan: Plan, seed: int | None = None) -> None:
        self.plan = plan
        self.seed = seed
        self.place = Path(tempfile.mkdtemp(prefix="steward-faults-"))
        self.place.chmod(0o711)
        self.folder = DataFolder(self.place / "data")
        self.faults = self.place / "faults"
        self.faults.mkdir()
        self._mail = mail_sink(self.place / "mail")

    async def __aenter__(self) -> Seen:
        try:
            sink = await self._mail.__aenter__()
            seen = Seen(self.folder, self.plan, sink)
            await self._play(seen)
        except BaseException as error:
            await self.__aexit__(type(error), error, None)
            raise
        return seen

    async def __aexit__(self, *problem: Any) -> None:
        with suppress(Exception):
            await asyncio.to_thread(background.stop, self.folder.path)
        await self._mail.__aexit__(None, None, None)
        if KEEP:
            shutil.copytree(self.folder.logs, Path(KEEP) / self.place.name, dirs_exist_ok=True)
        shutil.rmtree(self.place, ignore_errors=True)

    async def _play(self, seen: Seen) -> None:
        environment = {
            "STEWARD_NOTIFY_EMAIL_URL": seen.sink.url,
            "STEWARD_FAULT_DIR": str(self.faults),
            # Servers of somebody else's are not ours to kill.
            "STEWARD_DATABASE_URL": "",
            "STEWARD_REDIS_URL": "",
        }
        options = Options(port=free_port(), simulated_clock=START - AHEAD)
        state = await asyncio.to_thread(background.start, self.folder.path, options, environment)
        await witness.install(self.folder)
        killer = None if self.seed is None else Killer(self.folder, self.seed)
        fire = Fire(killer, self.faults, self.seed or 0, len(self.plan.stops))
        api = Recorder(state["gateway"], fire.advance)
        began = time.monotonic()
        try:
            async with asyncio.TaskGroup() as group:
                burning = group.create_task(fire.burn()) if killer else None
                seen.report = await play(
                    self.folder, state, self.plan, seen.sink, fire, api=api, disturbed=killer is not None
                )
                if burning is not None:
                    async with asyncio.timeout(10):
                        await burning
        finally:
            seen.seconds = round(time.monotonic() - began, 1)
            seen.deaths = killer.deaths if killer else []
            print(f"played in {seen.seconds} s, {fire.seconds}, {api.repeats} repeats")
            for death in seen.deaths:
                print(f"  {death.at:6.1f} s  {death.kind:8} {death.who}")
        seen.unarmed = sorted(file.name for file in self.faults.iterdir())
        seen.answered, seen.repeats = api.answered, api.repeats
        await asyncio.to_thread(self._await_ready)
        admin = await witness.connect(self.folder)
        seen.picture = await witness.picture(admin)
        await admin.close()

    def _await_ready(self) -> None:
        urls = {service: self.folder.state()["urls"][service] for service in SERVICES}
        assert wait_until(lambda: not not_ready(urls), 30, 0.2), not_ready(urls)
