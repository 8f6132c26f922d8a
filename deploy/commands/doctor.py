"""`steward doctor`: what is wrong with this installation or data folder, in sentences."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.local.folder import DataFolder

Finding = tuple[bool, str]


def doctor(data: Path, port: int) -> bool:
    """Print one line per check; True when nothing is wrong."""
    findings = [*_installation(), *_folder(DataFolder(data), port)]
    for good, sentence in findings:
        print(("ok    " if good else "WRONG ") + sentence)
    return all(good for good, _ in findings)


def _installation() -> Iterator[Finding]:
    from deploy.local import caddy, postgres, redis
    from deploy.local.failures import Failure

    yield sys.version_info >= (3, 11), f"Python {sys.version.split()[0]} (3.11 or later is needed)"
    binaries: dict[str, Callable[[], Path]] = {
        "PostgreSQL": postgres.server_binary,
        "Redis": redis.server_binary,
        "Caddy": caddy.binary,
    }
    for name, find in binaries.items():
        try:
            path = find()
        except Failure as failure:
            yield False, failure.en
        else:
            yield path.exists(), f"{name} at {path}"
    wrk = shutil.which("wrk") or shutil.which("hey")
    yield True, f"load client {wrk}" if wrk else "no wrk or hey: `steward bench` will name what it misses"


def _folder(folder: DataFolder, port: int) -> Iterator[Finding]:
    from deploy.local import ports

    free = shutil.disk_usage(next(path for path in (folder.path, *folder.path.parents) if path.exists())).free
    yield free > 300 << 20, f"{free >> 20} MB free for {folder.path}"
    if not folder.in_use():
        yield ports.is_free(port), f"port {port}, held by {ports.holder(port) or 'nobody'}"
        yield True, f"no stack runs on {folder.path}"
        return
    yield from _stack(folder)


def _stack(folder: DataFolder) -> Iterator[Finding]:
    import psutil

    from deploy.local.readiness import fetch, not_ready
    from shared.settings import SERVICES

    state = folder.state()
    yield state.get("state") == "ready", f"the stack on {folder.path} is {state.get('state', 'unknown')}"
    waiting = not_ready({name: state["urls"][name] for name in SERVICES if name in state.get("urls", {})})
    for name in SERVICES:
        yield name not in waiting, f"{name}: {waiting.get(name, 'ready')}"
    if state.get("gateway"):
        status, _ = fetch(state["gateway"], "/healthz")
        yield status == 200, f"gateway {state['gateway']} answers {status}"
    for name, pid in sorted(state.get("pids", {}).items()):
        restarts = state.get("restarts", {}).get(name, 0)
        yield psutil.pid_exists(pid), f"{name} (pid {pid}), started again {restarts} times"
