"""Caddy from the wheel as the gateway, with the one gateway configuration, local and production."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from deploy.local.failures import FolderBroken
from deploy.local.process import spawn

CONFIGURATION = Path(__file__).resolve().parent.parent / "gateway" / "Caddyfile"


def binary() -> Path:
    """The caddy binary that the wheel put beside our interpreter."""
    for folder in (Path(sysconfig.get_path("scripts")), Path(sys.executable).parent):
        if (folder / "caddy").exists():
            return folder / "caddy"
    found = shutil.which("caddy")
    if found:
        return Path(found)
    raise FolderBroken(
        "未安装网关 Caddy；请运行 make install。", "The gateway, Caddy, is not installed: run `make install`."
    )


def swagger_ui() -> Path:
    """The folder of Swagger UI's own files, served by the gateway so that /docs needs no other host."""
    for file in metadata.files("swagger-ui-bundle") or []:
        if file.name == "swagger-ui.css":
            return Path(str(file.locate())).resolve().parent
    return CONFIGURATION.parent / "docs"


class Gateway:
    """One Caddy. `upstreams`: service -> host:port."""

    def __init__(self, folder: Path, *, port: int, bind: str, upstreams: Mapping[str, str], log: Path) -> None:
        self.folder = folder
        self.port = port
        self.bind = bind
        self.upstreams = dict(upstreams)
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What people and clients use."""
        host = "127.0.0.1" if self.bind in ("0.0.0.0", "::", "") else self.bind
        return f"http://{host}:{self.port}"

    def launch(self) -> None:
        """Start without waiting."""
        self.folder.mkdir(exist_ok=True)
        env = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.folder),
            "XDG_DATA_HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
            # The machine's cores are for four services and a database: half of them at most for the gateway, and a
            # collector that works a quarter as often for 20 MB more (a third of the gateway's time per request).
            "GOMAXPROCS": str(max(1, (os.cpu_count() or 2) // 2)),
            "GOGC": "400",
            "GOMEMLIMIT": "96MiB",
            "STEWARD_LISTEN": f":{self.port}",
            "STEWARD_BIND": self.bind,
            "STEWARD_DOCS": str(CONFIGURATION.parent / "docs"),
            "STEWARD_SWAGGER_UI": str(swagger_ui()),
            **{f"STEWARD_{name.upper()}_UPSTREAM": address for name, address in self.upstreams.items()},
        }
        argv: list[str | Path] = [binary(), "run", "--config", CONFIGURATION, "--adapter", "caddyfile"]
        self.process = spawn(argv, log=self.log, env=env, cwd=self.folder, death_signal=9)

    def ready(self) -> bool:
        """Whether it accepts connections."""
        if not self.alive():
            return False
        try:
            with socket.create_connection((self.url.split("//")[1].split(":")[0], self.port), timeout=1):
                return True
        except OSError:
            return False

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Let requests under way finish (up to the grace period of the configuration), then end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        self.process = None
