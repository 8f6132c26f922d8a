"""`steward demo`: start a stack on a fresh folder, play the quarter, score it, compare, report."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from deploy.demo.making.calendar import START
from deploy.demo.making.targets import DEFAULT_SEED
from deploy.demo.plan import make_plan
from deploy.local import background, ports
from deploy.local.folder import DataFolder
from deploy.local.options import Options

DEMOS = Path(".steward") / "demo"
# The stack's clock runs while it starts; the quarter begins after that.
AHEAD = timedelta(minutes=30)


def run(*, once: bool, report: Path | None, port: int, data: Path | None, seed: int | None) -> int:
    """Play the quarter of `seed` (the worked examples' without one) and print what came of it.

    `data`: a folder of its own, by default a new one under .steward/demo/; one that holds anything is
    refused. `once` stops the stack afterwards, also when the demo failed. Raises Failure; 0 otherwise.
    """
    folder = DataFolder(data or _fresh())
    folder.demand_fresh()
    ports.demand(port)
    return asyncio.run(_run(folder, once, report, port, DEFAULT_SEED if seed is None else seed))


def _fresh() -> Path:
    taken = {int(entry.name) for entry in DEMOS.glob("[0-9]*") if entry.name.isdigit()}
    return DEMOS / f"{max(taken, default=0) + 1:03d}"


async def _run(folder: DataFolder, once: bool, report: Path | None, port: int, seed: int) -> int:
    from deploy.demo.phones import phones
    from deploy.demo.playing import play
    from deploy.demo.report import Stage, show, write
    from deploy.demo.sink import mail_sink

    began = time.monotonic()
    plan = make_plan(seed)
    with Stage() as stage:
        # Beside the data folder, which the stack wants to make itself.
        async with mail_sink(folder.path.with_name(folder.path.name + "-mail")) as sink, phones() as providers:
            stage.say("启动 PostgreSQL、Redis、四个服务 · starting the stack")
            options = Options(port=port, simulated_clock=START - AHEAD)
            environment = {"STEWARD_NOTIFY_EMAIL_URL": sink.url, **providers.environment}
            with stage.timed("start"):
                state = await asyncio.to_thread(background.start, folder.path, options, environment)
            try:
                outcome = await play(folder, state, plan, sink, stage, phones=providers)
            except BaseException:
                if not once:
                    stage.say(f"失败，系统仍在运行 · failed; the stack still runs: steward down --data {folder.path}")
                raise
            finally:
                if once:
                    stage.say("停止 · stopping the stack")
                    with stage.timed("stop"):
                        await asyncio.to_thread(background.stop, folder.path)
    outcome["seconds"] = stage.seconds
    outcome["elapsed_s"] = round(time.monotonic() - began, 1)
    if report is not None:
        write(report, outcome)
    show(outcome, plan, None if once else folder.path, sink.folder)
    return 0


__all__: list[Any] = ["run"]
