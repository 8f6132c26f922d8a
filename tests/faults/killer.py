"""Kills parts of a running stack, as accidents do: without a word, at any instant."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import asyncpg
import psutil

from deploy.local.folder import DataFolder
from shared.settings import SERVICES

WORKER, API, SESSION, REDIS, POSTGRES = "worker", "api", "session", "redis", "postgres"
_PATIENCE = 60.0


@dataclass(frozen=True)
class Death:
    """A kill that struck: what, whom, and after how many machine seconds of the play."""

    kind: str
    who: str
    at: float


class Killer:
    """Strikes at the stack of a data folder; `deaths` is what really died."""

    def __init__(self, folder: DataFolder, seed: int) -> None:
        self.folder = folder
        self.deaths: list[Death] = []
        self._random = Random(f"victims {seed}")
        self._began = time.monotonic()

    async def strike(self, kind: str) -> None:
        """Kill one of a kind; waits until there is one to kill. Raises TimeoutError when there is none for a minute."""
        end = time.monotonic() + _PATIENCE
        while True:
            who = await self._try(kind)
            if who is not None:
                self.deaths.append(Death(kind, who, round(time.monotonic() - self._began, 1)))
                return
            if time.monotonic() > end:
                raise TimeoutError(f"there was no {kind} to kill for {_PATIENCE:.0f} s")
            await asyncio.sleep(0.05)

    async def _try(self, kind: str) -> str | None:
        if kind in (WORKER, API):
            name = f"{self._random.choice(SERVICES)}-{kind}"
            return name if self._kill(name) else None
        if kind == REDIS:
            if not self._kill("redis", _empty(self.folder.path / "redis")):
                return None
            return "redis"
        if kind == POSTGRES:
            return "postgres" if self._kill_family("postgres") else None
        return await self._end_sessions()

    def _pid(self, name: str) -> int:
        return int(self.folder.state().get("pids", {}).get(name) or 0)

    def _kill(self, name: str, then: Callable[[], None] = lambda: None) -> bool:
        pid = self._pid(name)
        try:
            if not pid or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return False
            os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, psutil.NoSuchProcess):
            return False  # it died before us and the state does not say so yet
        then()
        return True

    def _kill_family(self, name: str) -> bool:
        """A process, its group, and its children, which have groups of their own."""
        pid = self._pid(name)
        try:
            family = psutil.Process(pid).children(recursive=True) if pid else []
        except psutil.NoSuchProcess:
            return False
        if not family or not self._kill(name):
            return False
        for end in (lambda: os.killpg(pid, signal.SIGKILL), *(child.kill for child in family)):
            try:
                end()
            except (ProcessLookupError, psutil.NoSuchProcess):
                continue
        return True

    async def _end_sessions(self) -> str | None:
        """The database sessions of one worker: those that sweep for work, or those that do it."""
        service = self._random.choice(SERVICES)
        sweeping = self._random.random() < 0.5
        name, ports = f"{service}-{'sweep' if sweeping else 'app'}", None
        if not sweeping:
            # The API's sessions have the same name; a worker's are told by the ports its process holds.
            try:
                held = psutil.Process(self._pid(f"{service}-worker")).net_connections()
            except (ValueError, psutil.Error):
                return None
            ports = [found.laddr.port for found in held if found.laddr]
        try:
            admin = await asyncpg.connect(self.folder.state()["urls"]["database"], timeout=5)
        except (OSError, TimeoutError, asyncpg.PostgresError, KeyError):
            return None
        try:
            ended = await admin.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1 "
                "AND ($2::int[] IS NULL OR client_port = ANY($2::int[]))",
                name,
                ports,
                timeout=10,
            )
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return None
        finally:
            admin.terminate()
        return f"{name} ({ended} sessions of the worker)" if ended else None


def _empty(folder: Path) -> Callable[[], None]:
    """Removes what a Redis could find again at its start (ours writes nothing, whatever its settings say)."""

    def act() -> None:
        for pattern in ("*.rdb", "*.aof", "appendonlydir/*"):
            for file in folder.glob(pattern):
                file.unlink(missing_ok=True)

    return act
