"""Where a benchmark's stack lives: a folder of its own that leaves nothing behind, and who belongs to it."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from deploy.bench._report import pss_mb


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """A data folder that does not exist yet, in a place that the database's user may walk to; removed at the end."""
    with tempfile.TemporaryDirectory(prefix="steward-bench-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name) / "data"


def family(pid: int) -> list[int]:
    """A process and all below it; none when it has ended."""
    try:
        root = psutil.Process(pid)
        return [root.pid, *(child.pid for child in root.children(recursive=True))]
    except psutil.Error:
        return []


@contextmanager
def peak_of(pids: Callable[[], list[int]], every: float = 1.0) -> Iterator[list[float]]:
    """Sample the memory of `pids()` every so many seconds; the list's one item is the peak in MB (PSS)."""
    peak = [0.0]
    over = threading.Event()

    def sample() -> None:
        while not over.wait(every):
            peak[0] = max(peak[0], pss_mb(pids()))

    thread = threading.Thread(target=sample, name="peak", daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()
