"""A floor as one uvicorn process beside the stack."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress

from deploy.local.ports import free_port


class FloorProcess:
    """The bare endpoint of ``module``, over a database and the rows that ``subject`` left, with so many connections."""

    def __init__(self, module: str, database: str, subject: str, pool: int) -> None:
        self.module, self.port = module, free_port()
        self.env = {
            **os.environ,
            "BENCH_DATABASE_URL": database,
            "BENCH_SUBJECT": subject,
            "BENCH_POOL": str(pool),
        }

    def __enter__(self) -> str:
        command = [sys.executable, "-m", "uvicorn", "--factory", f"{self.module}:create_app"]
        command += ["--port", str(self.port), "--no-access-log", "--log-level", "warning"]
        self.process = subprocess.Popen(command, env=self.env)
        for _ in range(1200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return f"http://127.0.0.1:{self.port}"
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.process.kill()
        raise RuntimeError("the floor did not start")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)
