"""``steward bench start``: seconds until ``steward up --detach`` says that all is ready.

Measured as people meet it: the command as a process of its own, interpreter and imports included, on a data folder
that was used before. The first start, which makes the folder, its database and its schemas, is told beside it.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.bench._place import family, fresh_folder
from deploy.bench._report import pss_mb, say
from deploy.local import background
from deploy.local.failures import NotReady
from deploy.local.folder import DataFolder
from deploy.local.ports import free_port

#: What a start on an initialised folder may take at most, on two cores.
LIMIT_S = 15.0


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when the typical start takes longer than it may."""
    parser = argparse.ArgumentParser(prog="steward bench start")
    parser.add_argument("--rounds", type=int, default=3, help="starts of the folder after its first")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    if options.rounds < 1:
        parser.error("--rounds is at least 1")
    with fresh_folder() as folder:
        port = free_port()
        first, _ = _start(folder, port)
        starts = [_start(folder, port) for _ in range(options.rounds)]
    seconds = sorted(took for took, _ in starts)
    typical = statistics.median(seconds)
    say(
        "start",
        as_json=options.json,
        measured=round(typical, 2),
        p50_ms=round(typical * 1000),
        p99_ms=round(seconds[-1] * 1000),
        peak_mb=max(memory for _, memory in starts),
        first_s=round(first, 2),
        limit_s=LIMIT_S,
        rounds=[round(took, 2) for took in seconds],
    )
    return 1 if typical > LIMIT_S else 0


def _start(folder: Path, port: int) -> tuple[float, float]:
    """Start and stop once: the seconds until ready, and the memory in MB then."""
    command = [sys.executable, "-m", "deploy.cli", "up", "--detach", "--data", str(folder), "--port", str(port)]
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    took = time.monotonic() - began
    if done.returncode:
        said = done.stderr.strip()
        raise NotReady(f"启动失败：{said}", f"The stack did not start: {said}")
    try:
        return took, pss_mb(family(DataFolder(folder).state()["pid"]))
    finally:
        background.stop(folder)
