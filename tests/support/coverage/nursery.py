"""Runs tests in forks of one process that has the libraries loaded already; most of a short run is their import.

Started in a copy of the project: `python -m tests.support.coverage.nursery`. Reads one JSON request a line
(`module`, `tests`, `seconds`), answers one a line (`code`, `seconds`, `text`, `durations`). Of the project itself
nothing is loaded here, so each fork sees the files as they are.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import select
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from time import monotonic
from typing import Any, Final, NoReturn

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

#: Exit codes beside those of pytest.
NO_IMPORT: Final = 97
HUNG: Final = 98

#: The same examples each time, and no complaint that the machine is busy: it would look like a rule that is missed.
settings.register_profile("rows", derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))

_OWN: Final = ("services", "shared", "deploy", "tests")


class _Durations:
    """How long each test took with its fixtures, so that the next time the quick ones come first."""

    def __init__(self) -> None:
        self.of: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.split("[")[0]
        self.of[name] = self.of.get(name, 0.0) + report.duration


def _forget_own() -> None:
    for name in [n for n in sys.modules if n.split(".")[0] in _OWN]:
        del sys.modules[name]


def _child(request: dict[str, Any], out: int) -> NoReturn:
    """Run what is asked, with everything printed going to the file `out`."""
    os.setsid()
    os.dup2(out, 1)
    os.dup2(out, 2)
    _forget_own()
    sys.path.insert(0, os.getcwd())
    sys.dont_write_bytecode = bool(request["module"]) or request["mutant"]
    durations = _Durations()
    code = NO_IMPORT
    try:
        if request["module"]:
            importlib.import_module(request["module"])
        arguments = ["-q", "-x"] if request["mutant"] else ["-q"]
        arguments += ["--hypothesis-profile=rows", "-p", "no:cacheprovider"]
        arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        code = int(pytest.main([*arguments, *request["tests"]], plugins=[durations]))
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    Path(request["durations"]).write_text(json.dumps(durations.of))
    os._exit(code)


async def _drop(servers: Path, pid: int) -> None:
    admin = json.loads(servers.read_text())["admin"]
    connection = await asyncpg.connect(admin)
    await connection.execute(f"DROP DATABASE IF EXISTS steward_master_{pid} WITH (FORCE)")
    await connection.close()


def run(request: dict[str, Any], scratch: Path) -> dict[str, Any]:
    """One request in a fork of its own, ended when it takes too long."""
    begun = monotonic()
    request["durations"] = str(scratch / "durations.json")
    Path(request["durations"]).write_text("{}")
    with (scratch / "output").open("w+", errors="replace") as out:
        pid = os.fork()
        if pid == 0:
            _child(request, out.fileno())
        watch = select.poll()
        handle = os.pidfd_open(pid)
        watch.register(handle, select.POLLIN)
        ended = bool(watch.poll(request["seconds"] * 1000))
        if not ended:
            os.killpg(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.close(handle)
        out.seek(0)
        text = out.read()[-6000:]
    servers = Path(os.environ["STEWARD_TEST_FOLDER"]) / "servers.json"
    if servers.exists():
        asyncio.run(_drop(servers, pid))
    return {
        "code": code if ended else HUNG,
        "seconds": monotonic() - begun,
        "text": text,
        "durations": json.loads(Path(request["durations"]).read_text()),
    }


def _preload() -> None:
    """Load what the project's modules need, without them: a fork looks which modules came in by importing all."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        for service in ("ticketing", "billing", "kpi", "notify"):
            importlib.import_module(f"services.{service}.main")
            importlib.import_module(f"services.{service}.worker")
        importlib.import_module("tests.conftest")
        with os.fdopen(writing, "w") as pipe:
            pipe.write("\n".join(sys.modules))
            pipe.flush()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        names = pipe.read().split("\n")
    os.waitpid(pid, 0)
    for name in names:
        if name and name.split(".")[0] not in _OWN:
            try:
                importlib.import_module(name)
            except ImportError:  # made at run time, such as six.moves
                continue


def main() -> None:
    """See the module."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    sys.path.insert(0, os.getcwd())
    _preload()
    with tempfile.TemporaryDirectory(prefix="steward-nursery-") as scratch:
        for line in sys.stdin:
            answers.write(json.dumps(run(json.loads(line), Path(scratch))) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
