"""A real SMTP server for tests, with the moods a mail server has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Moody:
    """Takes mail, or answers as told: `rcpt` and `data` map an address to a reply, `hang` to silence after
    DATA; `most` is how many mails it takes over one connection."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.rcpt: dict[str, str] = {}
        self.data: dict[str, str] = {}
        self.hang: set[str] = set()
        self.connections = 0
        self.port = 0
        self.most: int | None = None
        self._carried: dict[Any, int] = {}
        self._lines: list[Any] = []

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        self._lines.append(server.transport)
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        carried = self._carried[server.transport] = self._carried.get(server.transport, 0) + 1
        if self.most is not None and carried > self.most:
            return "421 enough over this connection"
        envelope.mail_from = address
        return "250 OK"

    def hang_up(self) -> None:
        """Close every connection, as servers do with those that say nothing for long."""
        for line in self._lines:
            line.close()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        address = envelope.rcpt_tos[0]
        if address in self.data:
            return self.data[address]
        content: Any = envelope.content
        self.mails.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        self.recipients.append(address)
        if address in self.hang:
            await asyncio.sleep(60)
        return "250 taken"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://127.0.0.1:{self.port}"


@asynccontextmanager
async def smtp_server() -> AsyncIterator[Moody]:
    """A server on a free port of this machine, in this loop."""
    handler = Moody()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop, hostname="test"), "127.0.0.1", 0)
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        server.close()
