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
    """Counts mails by recipient and keeps the first fifty in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.received = 0
        self.by_recipient: Counter[str] = Counter()
        self.port = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        self.received += 1
        self.by_recipient.update(envelope.rcpt_tos)
        if self.received <= KEPT and isinstance(envelope.content, bytes):
            (self.folder / f"{self.received:04d}.eml").write_bytes(envelope.content)
        return "250 taken"

    @property
    def url(self) -> str:
        """Where notify finds it."""
        return f"smtp://127.0.0.1:{self.port}"


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
