"""A bare endpoint as one uvicorn process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

from deploy.local.ports import free_port


class Served:
    """Serves an application factory (``module:function``) while the block runs; its address."""

    def __init__(self, factory: str, env: Mapping[str, str]) -> None:
        self.port = free_port()
        self.factory = factory
        self.env = {**os.environ, **env}

    def __enter__(self) -> str:
        command = [sys.executable, "-m", "uvicorn", "--factory", self.factory]
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
