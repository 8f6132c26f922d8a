"""``steward bench quarter``: the demonstration played once, from the start of the stack to its stop.

Its own checks hold: a wrong total is a failure here too. Memory is that of all processes together, the player
included, sampled while it plays.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.bench._place import family, fresh_folder, peak_of
from deploy.bench._report import say
from deploy.local.failures import NotReady
from deploy.local.ports import free_port

#: What playing the quarter may take at most on two cores, and weigh.
LIMIT_S = 90.0
LIMIT_MB = 1200.0


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when it took longer or weighed more than it may."""
    parser = argparse.ArgumentParser(prog="steward bench quarter")
    parser.add_argument("--seed", type=int, help="another quarter; without it the worked examples'")
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two looks at the memory")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    with fresh_folder() as folder:
        report = folder.with_name("report.json")
        command = [
            *(sys.executable, "-m", "deploy.cli", "demo", "--once"),
            *("--data", str(folder), "--port", str(free_port()), "--report", str(report)),
            *(("--seed", str(options.seed)) if options.seed is not None else ()),
        ]
        elapsed, peak = _play(command, options.every)
        told = json.loads(report.read_text(encoding="utf-8"))
    requests = told["counts"]["requests"]
    say(
        "quarter",
        as_json=options.json,
        measured=round(elapsed, 1),
        peak_mb=peak,
        requests=requests,
        requests_per_s=round(requests / told["elapsed_s"], 1),
        total=told["scorecards"][0]["total"],
        seconds=told["seconds"],
        limit_s=LIMIT_S,
        limit_mb=LIMIT_MB,
    )
    return 1 if elapsed > LIMIT_S or peak > LIMIT_MB else 0


def _play(command: Sequence[str], every: float) -> tuple[float, float]:
    """Run the demonstration: its seconds, interpreter included, and the peak of its memory in MB."""
    began = time.monotonic()
    log = Path(command[command.index("--report") + 1]).with_name("log")
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        with peak_of(lambda: family(process.pid), every) as peak:
            code = process.wait()
    if code:
        said = log.read_text(errors="replace")[-2000:].strip()
        raise NotReady(f"演示失败（退出码 {code}）：\n{said}", f"The demonstration failed (exit code {code}):\n{said}")
    return time.monotonic() - began, peak[0]
