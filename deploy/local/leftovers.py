"""Server processes that outlived the owner of their data folder."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil

from deploy.local.failures import NotReady


def end_leftovers(cluster: Path, first: signal.Signals = signal.SIGQUIT) -> None:
    """End server processes of an owner that died: they hold shared memory and would refuse a new postmaster.

    `first` is what they are asked with; whoever is still there after a second is killed. Raises NotReady.
    """
    end = time.monotonic() + 10
    force = False
    while left := list(_processes_in(cluster)):
        for process in left:
            try:
                process.send_signal(signal.SIGKILL if force else first)
            except psutil.Error:
                continue
        psutil.wait_procs(left, timeout=1)
        force = True
        if time.monotonic() > end:
            raise NotReady(
                f"{cluster} 仍被旧的数据库进程占用。",
                f"Old database processes still hold {cluster}.",
            )


def _processes_in(cluster: Path) -> list[psutil.Process]:
    """Postgres processes working in that cluster: each changes its directory to it at its start."""
    found = []
    for process in psutil.process_iter(["name"]):
        if process.info["name"] != "postgres":
            continue
        try:
            if process.pid != os.getpid() and Path(process.cwd()) == cluster:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found
