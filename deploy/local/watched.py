"""A process the supervisor keeps running: its deaths, and the pause before each new start."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

_LONGEST_PAUSE = 5.0
# A process that lived this long has recovered; its next death is a first one again.
_RECOVERED_AFTER = 5.0
_TIME_TO_END = 10.0


@dataclass
class Watched:
    """One process of the stack: how it is started, and since when it runs or rests."""

    name: str
    launch: Callable[[], int]
    pid: int = 0
    started: float = 0.0
    deaths: int = 0
    restart_at: float | None = None
    restarts: int = 0
    held: bool = False
    held_since: float = 0.0

    def start(self) -> None:
        """Start it now."""
        self.pid = self.launch()
        self.started = time.monotonic()
        self.restart_at = None

    def restart_due(self) -> bool:
        """Whether it has rested long enough, and nobody wants it kept stopped."""
        return not self.held and self.restart_at is not None and self.restart_at <= time.monotonic()

    def hold(self, wanted: bool) -> bool:
        """Keep it stopped, or no longer; call again now and then: who does not end when asked is killed.

        True when something changed.
        """
        now = time.monotonic()
        changed = wanted != self.held
        if changed:
            self.held = wanted
            self.held_since = now
            if not wanted and not self.pid:
                self.restart_at = now
        if wanted and self.pid:
            with contextlib.suppress(ProcessLookupError):
                if changed:
                    os.kill(self.pid, signal.SIGTERM)
                elif now - self.held_since > _TIME_TO_END:
                    os.kill(self.pid, signal.SIGKILL)
        return changed

    def died(self) -> float:
        """Note its death; returns the pause in seconds before it is started again."""
        now = time.monotonic()
        self.deaths = 1 if now - self.started > _RECOVERED_AFTER else self.deaths + 1
        pause = 0.0 if self.deaths == 1 else min(_LONGEST_PAUSE, 0.25 * 2.0 ** (self.deaths - 2))
        self.pid = 0
        self.restart_at = now + pause
        return pause


def reap() -> list[tuple[int, int]]:
    """Every child that has ended, with its status."""
    found: list[tuple[int, int]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        found.append((pid, status))
