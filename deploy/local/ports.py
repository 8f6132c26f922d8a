"""Ports on this machine: one that is free, and who holds one that is not."""

from __future__ import annotations

import socket
from collections.abc import Collection
from pathlib import Path

from deploy.local.failures import PortTaken


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on the port now (a socket in TIME_WAIT does not count as taken)."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
        return True


def free_port(avoid: Collection[int] = ()) -> int:
    """A port nobody listens on, below the range the kernel hands to outgoing connections where possible."""
    import random

    pick = random.SystemRandom()
    for _ in range(200):
        port = pick.randrange(20000, 32000)
        if port not in avoid and is_free(port):
            return port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kept_port(file: Path, avoid: Collection[int] = ()) -> int:
    """The port remembered in `file` if it is still free, else a new one, remembered there."""
    try:
        port = int(file.read_text())
        if is_free(port):
            return port
    except (OSError, ValueError):
        pass
    port = free_port(avoid)
    file.write_text(f"{port}\n")
    return port


def holder(port: int) -> str | None:
    """'name (pid N)' of the process that listens on the port, if we may know."""
    import psutil

    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status != psutil.CONN_LISTEN or not connection.laddr or not connection.pid:
                continue
            if connection.laddr.port == port:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except (psutil.Error, OSError):
        return None
    return None


def demand(port: int, host: str = "127.0.0.1", option: str = "--port") -> None:
    """Refuse with PortTaken, naming the holder, when the port is not free."""
    if is_free(port, host):
        return
    who = holder(port)
    zh, en = (f"，占用者：{who}", f" by {who}") if who else ("", "")
    raise PortTaken(
        f"端口 {port} 已被占用{zh}；请停止它，或用 {option} 另选端口。",
        f"Port {port} is taken{en}. Stop it, or choose another with {option}.",
    )
