"""A stack in the background: started in a process of its own that reports once, then goes on alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy.local import failures
from deploy.local.folder import DataFolder
from deploy.local.options import Options


def start(data: Path, options: Options, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Start a stack on `data` and wait until it is ready; returns its state (see DataFolder.state).

    `env`: variables to add for the stack's processes. Raises Failure as the supervisor does.
    """
    reader, writer = os.pipe()
    order = {
        "data": str(DataFolder(data).path),
        "port": options.port,
        "clock": options.simulated_clock.isoformat() if options.simulated_clock else None,
        "report": writer,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.local.background", json.dumps(order)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[writer],
        start_new_session=True,
        env={**os.environ, "STEWARD_MODE": options.mode, "STEWARD_BIND": options.bind, **(env or {})},
    )
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.readline()
    report: dict[str, Any] = json.loads(said) if said else {"crash": f"exit code {process.wait()}"}
    if "gateway" in report:
        return DataFolder(data).state()
    if "failure" in report:
        kind = getattr(failures, report["failure"], failures.Failure)
        raise kind(report["zh"], report["en"])
    raise failures.NotReady(f"启动失败：\n{report['crash']}", f"The stack could not be started:\n{report['crash']}")


def stop(data: Path, seconds: float = 40.0) -> None:
    """Stop the stack of `data` and wait until the folder is free. Raises NotRunning, NotReady (it would not
    end)."""
    folder = DataFolder(data)
    pid = folder.state().get("pid")
    if not folder.in_use() or not isinstance(pid, int):
        raise failures.NotRunning(
            f"{folder.path} 上没有运行中的 Steward。", f"No Steward runs on {folder.path}; nothing to stop."
        )
    os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + seconds
    while folder.in_use():
        if time.monotonic() > end:
            raise failures.NotReady(
                f"Steward（pid {pid}）在 {seconds:.0f} 秒内未停止。",
                f"Steward (pid {pid}) did not stop within {seconds:.0f} s.",
            )
        time.sleep(0.02)


def main(text: str) -> int:
    """The background process: runs the supervisor and reports its first result through the pipe."""
    order = json.loads(text)
    report = os.fdopen(int(order["report"]), "w")

    def tell(message: dict[str, Any]) -> None:
        if not report.closed:
            report.write(json.dumps(message) + "\n")
            report.close()

    os.set_inheritable(report.fileno(), False)
    clock = datetime.fromisoformat(order["clock"]) if order["clock"] else None
    options = replace(Options(port=order["port"], simulated_clock=clock), background=True)
    try:
        from deploy.local.supervisor import Supervisor

        Supervisor(DataFolder(Path(order["data"])), options).run(lambda url: tell({"gateway": url}))
    except failures.Failure as failure:
        tell({"failure": type(failure).__name__, "zh": failure.zh, "en": failure.en})
        return failure.exit_code
    except BaseException:
        tell({"crash": traceback.format_exc(limit=-3)})
        raise
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
