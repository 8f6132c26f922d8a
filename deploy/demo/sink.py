"""A mail server of the demo's own: takes what notify sends over real SMTP and keeps it as files to look
at."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 50


class Sink:
    """Counts mails, keeps the first fifty in a folder, and lists the ids that came more than once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.received = 0
        self.ids: Counter[str] = Counter()
        self.port = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.received += 1
        self.ids[message_id(content)] += 1
        if self.received <= KEPT:
            (self.folder / f"{self.received:04d}.eml").write_bytes(content)
        return "250 taken"

    @property
    def repeated(self) -> list[str]:
        """Message ids that came more than once."""
        return sorted(found for found, times in self.ids.items() if times > 1)

    @property
    def url(self) -> str:
        """Where notify finds it."""
        return f"smtp://127.0.0.1:{self.port}"


def message_id(content: bytes) -> str:
    """The Message-ID of a mail, or nothing."""
    for line in content.splitlines():
        if line.lower().startswith(b"message-id:"):
            return line.split(b":", 1)[1].strip().decode(errors="replace")
        if not line:
            break
    return ""


@asynccontextmanager
async def mail_sink(folder: Path) -> AsyncIterator[Sink]:
    """The server on a free port of this machine, in this loop; its mails in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    sink = Sink(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, loop=loop, hostname="demo.steward.invalid"), "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
