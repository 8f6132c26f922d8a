"""The eight processes: forked from a supervisor that has imported everything once, so that start-up costs one
import and the interpreters share their memory."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from deploy.local.process import die_with_parent
from shared.settings import SERVICES, ServiceSettings, load
from shared.telemetry import logs

#: What mallopt(3) of glibc is told, for eight processes share a machine: two heaps a process, not one a thread, and
#: what is free at the end of one goes back at 128 kB, whatever was held once.
_MALLOPT = ((-8, 2), (-1, 128 * 1024))  # M_ARENA_MAX, M_TRIM_THRESHOLD


def import_everything() -> dict[str, list[str]]:
    """Import what the eight processes need, then put it where the garbage collector leaves it alone.

    Returns which services' feeds each service follows.
    """
    import uvicorn
    import uvicorn.lifespan.on
    import uvicorn.loops.uvloop
    import uvicorn.protocols.http.httptools_impl  # noqa: F401

    with contextlib.suppress(AttributeError, OSError):  # another libc
        for option, value in _MALLOPT:
            ctypes.CDLL(None).mallopt(option, value)
    follows: dict[str, list[str]] = {}
    for service in SERVICES:
        importlib.import_module(f"services.{service}.main")
        worker = importlib.import_module(f"services.{service}.worker")
        follows[service] = sorted(worker.SERVICE.subscriptions)
    importlib.import_module("shared.worker.runner")
    gc.collect()
    # Frozen objects are never touched by a collection, so their pages stay shared between the forks.
    gc.freeze()
    return follows


def fork(job: Callable[[], None], *, log: Path | None, nice: int = 0) -> int:
    """Run `job` in a child whose output goes to `log` (None: where ours goes); returns the child's pid.

    The child ends when `job` returns, never outlives its parent, and is the leader of its own process group.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        die_with_parent(signal.SIGKILL)
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGHUP):
            signal.signal(sig, signal.SIG_DFL)
        if log is not None:
            redirect(log)
        if nice:
            os.nice(nice)
        job()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            # Not sys.exit: the parent's cleanup belongs to the parent.
            os._exit(code)


def redirect(log: Path) -> None:
    """Send this process's output to a file, and read nothing more."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def run_api(service: str, port: int, host: str = "127.0.0.1") -> None:
    """Serve one service's API until SIGTERM. Blocks."""
    import uvicorn

    main = importlib.import_module(f"services.{service}.main")
    logs.configure(service, "api", level=service_settings(service).log_level)
    uvicorn.run(
        main.create_app(),
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        # Logging is set up already; the middleware writes the access lines, with the request id.
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
        backlog=512,
    )


def run_worker(service: str) -> None:
    """Run one service's worker until SIGTERM. Blocks."""
    worker = importlib.import_module(f"services.{service}.worker")
    runner = importlib.import_module("shared.worker.runner")
    settings = service_settings(service)
    logs.configure(service, "worker", level=settings.log_level)
    runner.run_worker(worker.SERVICE, settings)


def service_settings(service: str) -> ServiceSettings:
    """The settings of a service, by the class its `settings.py` defines for itself."""
    module = importlib.import_module(f"services.{service}.settings")
    classes = [
        item
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, ServiceSettings) and item is not ServiceSettings
    ]
    return load(classes[-1] if classes else ServiceSettings, service)
