"""Switches every declared rule off, one at a time, in a copy of the project, and asks the tests that name its row.

A rule whose tests still pass is not proven. Each row of each declaration is judged alone, by the tests that name it;
tests that were quick before come first, and the first that fails ends it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Lock, Thread
from typing import Any, Final, Literal

from tests.support import servers
from tests.support.coverage import disable, nursery
from tests.support.coverage.catalogue import ROOT
from tests.support.coverage.declarations import Declaration

Verdict = Literal["proven", "breaks", "hung", "not proven", "no import", "no test"]
#: Verdicts of rules whose loss would be noticed. `breaks`: nothing of the test's module starts without the rule.
GOOD: Final = ("proven", "breaks", "hung")

SECONDS: Final = 180
BASELINE_SECONDS: Final = 1800


@dataclass(frozen=True, slots=True)
class Job:
    """One rule to switch off, with the tests that name the row."""

    row: str
    declaration: Declaration
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What came out; `said` is the end of the test's output, or why nothing could be tried."""

    job: Job
    verdict: Verdict
    seconds: float = 0.0
    said: str = ""


class NotGreen(Exception):
    """Tests that name rows fail as the project is; what they prove cannot be told."""


def _copy(to: Path) -> None:
    """What git knows of the project and what is new in it, as it lies in the working tree."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for name in names:
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


class Nursery:
    """One copy of the project and the process that runs its tests."""

    def __init__(self, folder: Path, run: Path) -> None:
        self.folder = folder
        folder.mkdir()
        _copy(folder)
        self._log = folder.parent / f"{folder.name}.log"
        self._process = subprocess.Popen(
            [sys.executable, "-m", nursery.__name__],
            cwd=folder,
            env={**os.environ, "STEWARD_TEST_FOLDER": str(run), "PYTHONPATH": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log.open("w"),
            text=True,
        )

    def ask(self, tests: Sequence[str], *, module: str = "", mutant: bool, seconds: int) -> dict[str, Any]:
        """Run tests in the copy as it is now."""
        assert self._process.stdin is not None and self._process.stdout is not None
        request = {"module": module, "tests": list(tests), "mutant": mutant, "seconds": seconds}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise NotGreen(f"the process of {self.folder} ended: {self._log.read_text(errors='replace')[-4000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def judge(self, job: Job) -> Judged:
        """Switch the rule off in its ways until one imports, and run the tests."""
        path = job.declaration.path
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") if path.endswith(".py") else ""
        target, kept = self.folder / path, self.folder.parent / f"{self.folder.name}.kept"
        shutil.copy2(target, kept)
        spent, said = 0.0, ""
        try:
            for text in disable.without(self.folder, job.declaration):
                target.write_text(text, encoding="utf-8")
                answer = self.ask(job.tests, module=module, mutant=True, seconds=SECONDS)
                spent, said = spent + answer["seconds"], answer["text"]
                if answer["code"] != nursery.NO_IMPORT:
                    return Judged(job, _verdict(answer["code"]), spent, said)
        finally:
            shutil.copy2(kept, target)
        return Judged(job, "no import", spent, said)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def _verdict(code: int) -> Verdict:
    if code == nursery.HUNG:
        return "hung"
    if code in (0, 5):  # all passed, or none was found
        return "not proven"
    return "proven" if code == 1 else "breaks"


@contextmanager
def _nurseries(processes: int) -> Iterator[list[Nursery]]:
    with tempfile.TemporaryDirectory(prefix="steward-rows-") as name:
        base = Path(name)
        base.chmod(0o755)
        run = base / "run"
        servers.start(run, "rows")  # here, for they end with the process that started them
        opened = [Nursery(base / str(number), run) for number in range(processes)]
        try:
            yield opened
        finally:
            for one in opened:
                one.close()
            servers.stop(run)


@dataclass
class Progress:
    """What happens, for whoever watches; does nothing by itself."""

    total: int = 0
    results: list[Judged] = field(default_factory=list)

    def phase(self, text: str) -> None:
        """A new step begins."""

    def judged(self, result: Judged) -> None:
        """One rule was tried."""


def _each(nurseries: list[Nursery], work: list[Any], act: Any) -> None:
    """Every piece of work once, by whichever nursery is free."""
    queue: Queue[Any] = Queue()
    for piece in work:
        queue.put(piece)
    failed: list[BaseException] = []

    def serve(one: Nursery) -> None:
        while not failed:
            try:
                piece = queue.get_nowait()
            except Empty:
                return
            try:
                act(one, piece)
            except BaseException as error:
                failed.append(error)

    threads = [Thread(target=serve, args=(one,)) for one in nurseries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def judge(jobs: Sequence[Job], progress: Progress, processes: int = 2) -> list[Judged]:
    """Try every job; results in their order.

    Raises:
        NotGreen: the tests do not pass as the project is.
    """
    said = "no test of the ordinary run names the row"
    untested = [Judged(job, "no test", said=said) for job in jobs if not job.tests]
    todo = [job for job in jobs if job.tests]
    files: dict[str, list[str]] = {}
    for test in sorted({test for job in todo for test in job.tests}):
        files.setdefault(test.split("::")[0], []).append(test)
    durations: dict[str, float] = {}
    results: list[Judged] = []
    lock = Lock()
    with _nurseries(processes) as nurseries:

        def first(one: Nursery, tests: list[str]) -> None:
            answer = one.ask(tests, mutant=False, seconds=BASELINE_SECONDS)
            if answer["code"] != 0:
                raise NotGreen(answer["text"])
            with lock:
                durations.update(answer["durations"])

        def rule(one: Nursery, job: Job) -> None:
            tests = sorted(job.tests, key=lambda t: durations.get(t, 0.0))
            result = one.judge(Job(job.row, job.declaration, tuple(tests)))
            with lock:
                results.append(result)
                progress.judged(result)

        progress.phase(f"{sum(map(len, files.values()))} tests as the project is")
        _each(nurseries, _halves(files, processes), first)
        progress.phase(f"{len(todo)} rules, one at a time")
        _each(nurseries, todo, rule)
    order = {(job.row, job.declaration): place for place, job in enumerate(jobs)}
    return sorted([*results, *untested], key=lambda r: order[r.job.row, r.job.declaration])


def _halves(files: dict[str, list[str]], processes: int) -> list[list[str]]:
    """Whole files dealt out evenly, so that each process starts the services once."""
    hands: list[list[str]] = [[] for _ in range(processes)]
    for tests in sorted(files.values(), key=len, reverse=True):
        min(hands, key=len).extend(tests)
    return [hand for hand in hands if hand]
