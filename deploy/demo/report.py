"""What the demo shows: a bar while it plays, a table at the end, and the report as JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from deploy.demo.plan import Plan

TITLES = {
    "complaints": "投诉管理 · complaints",
    "archives": "档案管理 · archives",
    "survey": "满意度调查 · survey",
    "collection": "费用收缴 · collection",
}


class Stage:
    """The progress bar: one step per answered request."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            refresh_per_second=4,
        )
        self._task = self._bar.add_task("steward demo", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def say(self, sentence: str) -> None:
        """What is going on."""
        self._bar.update(self._task, description=sentence)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Adds the machine seconds inside to a part of the report's `seconds`."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[part] = round(self.seconds.get(part, 0.0) + time.monotonic() - began, 2)

    def expect(self, requests: int) -> None:
        """How many requests there will be, roughly."""
        self._bar.update(self._task, total=requests)

    def advance(self) -> None:
        """One more."""
        self._bar.advance(self._task)


def write(path: Path, report: Mapping[str, Any]) -> None:
    """The report as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def show(report: Mapping[str, Any], plan: Plan, running: Path | None, mails: Path) -> None:
    """The scorecard with its counts; and, of a stack left running in `running`, what to look at."""
    console = Console()
    card = report["scorecards"][0]
    table = Table(title=f"{card['template']} {card['period']}", title_justify="left")
    table.add_column("")
    table.add_column("得分 points", justify="right")
    table.add_column("满分 of", justify="right")
    table.add_column("计划 planned", justify="right")
    for section in card["sections"]:
        code = section["section"]
        table.add_row(TITLES.get(code, code), section["points"], section["maximum"], plan.expected.get(code, ""))
    table.add_section()
    table.add_row("合计 · total", card["total"], "100.00", plan.expected_total)
    console.print(table)
    for case in report["late_complaints"]:
        console.print(f"超时投诉 · late complaint {case['number']}: {', '.join(case['clocks'])}")
    counts = report["counts"]
    console.print(
        f"{counts['requests']} requests, {counts['tickets']} tickets, {counts['bills']} bills, "
        f"{counts['payments']} payments, {counts['survey_answers']} survey answers, "
        f"{counts['messages']['email']} e-mails, {counts['messages']['sms']} text messages, "
        f"{counts['messages']['wecom']} over WeCom, {counts['messages']['inbox']} inbox messages, "
        f"{counts['events']} events in {report['elapsed_s']} s",
        soft_wrap=True,
    )
    if running is not None:
        console.print(f"\n证据 · evidence   {card['evidence_url']}", soft_wrap=True)
        console.print(f"接口 · API docs   {report['gateway']}/docs", soft_wrap=True)
        console.print(f"邮件 · mails      {mails}", soft_wrap=True)
        console.print(f"令牌 · a token    steward token --role gm --data {running}", soft_wrap=True)
        console.print(f"停止 · stop       steward down --data {running}", soft_wrap=True)
