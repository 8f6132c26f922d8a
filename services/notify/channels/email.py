"""E-mail over SMTP, over connections that outlive a batch.

What must be told apart is *when* something went wrong. Before the message was handed over nothing has
happened and it may be tried again; a refusal with 5xx is the server's last word; but when the line goes
silent after the data was sent, the server may well have taken it, and trying again could tell the owner
twice. That is `unknown`.

Settings: STEWARD_NOTIFY_EMAIL_URL, `smtp://[user:password@]host[:port]`, `smtp+starttls://…` or
`smtps://…`; without it the channel is off and nobody gets e-mail. STEWARD_NOTIFY_EMAIL_SENDER is the From
address. STEWARD_NOTIFY_EMAIL_PER_CONNECTION is after how many mails a connection is renewed: many servers take only so
many over one.
"""

import re
from binascii import b2a_base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import cache, lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notify.domain.channels import Channel, Example, Outgoing, Session
from services.notify.domain.delivery import Outcome, Result
from shared import clock

CRLF: Final = "\r\n"
#: One address and nothing else: no list, no name, no comment.
_SINGLE: Final = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@[^\s@,;:<>()\[\]\\\"]+")


class EmailSettings(BaseSettings):
    """The e-mail channel's own settings; seconds for the three timeouts."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_NOTIFY_EMAIL_", extra="ignore")

    url: SecretStr | None = None
    sender: str = "Steward <noreply@steward.invalid>"
    connect_timeout: float = 5.0
    command_timeout: float = 10.0
    data_timeout: float = 60.0
    per_connection: int = Field(default=100, ge=1)


@cache
def settings() -> EmailSettings:
    """The settings of this process, read once."""
    return EmailSettings()


# Replies by which a server asks for patience: too busy, mailbox busy, rate or storage limits. RFC 5321 and
# 4954.
BUSY = frozenset({421, 450, 451, 452, 454})
# Refusals of our own account, not of the message: someone will mend a setting, so the message waits.
OURS = frozenset({530, 534, 535, 538})


def classify(
    *,
    stage: str,
    code: int | None = None,
    silence: bool = False,
    detail: str = "",
    reference: str | None = None,
) -> Result:
    """What an SMTP reply, or the lack of one, means for the attempt.

    `stage` is connect, envelope (MAIL and RCPT) or data; `code` the reply; `silence` a timeout or a lost
    connection.
    """
    shown = str(code) if code is not None else ("silence" if silence else None)
    if silence or code is None:
        outcome = Outcome.UNKNOWN if stage == "data" else Outcome.UNREACHABLE
        return Result(outcome, shown, detail or None, reference)
    if 200 <= code < 300:
        return Result(Outcome.SENT, shown, detail or None, reference)
    if code in BUSY:
        return Result(Outcome.THROTTLED, shown, detail or None, reference, after=timedelta(seconds=30))
    if code in OURS:
        return Result(Outcome.ACCOUNT, shown, detail or None, reference)
    if 400 <= code < 500 or stage == "connect":
        return Result(Outcome.THROTTLED, shown, detail or None, reference)
    return Result(Outcome.REFUSED, shown, detail or None, reference)


EXAMPLES = (
    Example("accepted", {"stage": "data", "code": 250}, Outcome.SENT),
    Example("the server is busy", {"stage": "envelope", "code": 451}, Outcome.THROTTLED),
    Example("greylisted", {"stage": "envelope", "code": 450}, Outcome.THROTTLED),
    Example("no such mailbox", {"stage": "envelope", "code": 550}, Outcome.REFUSED),
    Example("content refused", {"stage": "data", "code": 554}, Outcome.REFUSED),
    Example("our password is wrong", {"stage": "connect", "code": 535}, Outcome.ACCOUNT),
    Example("the server cannot be reached", {"stage": "connect", "silence": True}, Outcome.UNREACHABLE),
    Example("silence before the data", {"stage": "envelope", "silence": True}, Outcome.UNREACHABLE),
    Example("silence after the data", {"stage": "data", "silence": True}, Outcome.UNKNOWN),
)


@cache
def _from(sender: str) -> tuple[str, str, str]:
    """The sender as a header, the address in it, and the host of our message ids."""
    name, address = parseaddr(sender)
    return formataddr((name, address), "utf-8"), address, address.rpartition("@")[2] or "steward.invalid"


@lru_cache(maxsize=256)
def _subject(title: str) -> str:
    """A title as a header; what goes to many has few of them, and folding one takes as long as handing a mail over."""
    return Header(title, "utf-8", header_name="Subject").encode(linesep=CRLF)


@lru_cache(maxsize=4)
def _date(second: datetime) -> str:
    return format_datetime(second)


def _body(text: str) -> bytes:
    """Base64 in lines of 76, as RFC 2045 wants them."""
    packed = b2a_base64(f"{text.rstrip()}\n".replace("\n", CRLF).encode(), newline=False)
    return b"\r\n".join([packed[at : at + 76] for at in range(0, len(packed), 76)]) + b"\r\n"


def compose(message: Outgoing, sender: str) -> bytes:
    """The message as bytes on the wire. Its Message-ID is the delivery's, so a repetition can be recognised.

    Put together here because the library's own way takes as long as sending it. Raises ValueError for an address or a
    title that would be more than one header.
    """
    address = message.address
    if not address.isascii() or not address.isprintable() or not _SINGLE.fullmatch(address):
        raise ValueError("not an address")
    if not message.title.isprintable() and any(ord(c) < 32 or ord(c) == 127 for c in message.title):
        raise ValueError("a title is one line")
    sent_by, _, host = _from(sender)
    head = (
        f"From: {sent_by}\r\nTo: {address}\r\nSubject: {_subject(message.title)}\r\n"
        f"Date: {_date(clock.wall().replace(microsecond=0))}\r\nMessage-ID: <{message.key}@{host}>\r\n"
        "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
        'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n'
        f"Content-Language: {'zh-CN' if message.locale == 'zh' else 'en'}\r\n\r\n"
    )
    return head.encode() + _body(message.body)


class EmailSession:
    """A connection, opened with the first message, and anew after an error, after a server closed it and after so many
    messages."""

    def __init__(self, given: EmailSettings) -> None:
        self._given = given
        self._smtp: aiosmtplib.SMTP | None = None
        self._carried = 0
        self._here: str | None = None  # our own name, looked up with the first connection

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._smtp is not None and self._smtp.is_connected and self._carried < self._given.per_connection:
            return self._smtp
        await self.close()
        assert self._given.url is not None  # `enabled` is asked before a session is opened
        url = urlsplit(self._given.url.get_secret_value())
        smtp = aiosmtplib.SMTP(
            hostname=url.hostname or "localhost",
            port=url.port,
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=url.scheme == "smtps",
            start_tls=url.scheme == "smtp+starttls",
            timeout=self._given.connect_timeout,
            local_hostname=self._here,
        )
        await smtp.connect()
        self._here = smtp.local_hostname
        if smtp.is_ehlo_or_helo_needed:
            try:
                await smtp.ehlo()
            except aiosmtplib.SMTPHeloError:
                await smtp.helo()
        self._smtp = smtp
        return smtp

    async def send(self, message: Outgoing) -> Result:
        """One attempt over the kept connection; everything the server does becomes an outcome."""
        try:
            data = compose(message, self._given.sender)
            carried = self._carried
            stage, result = await self._attempt(message, data)
            if carried and stage == "envelope" and result.code in ("silence", "421"):
                # The server hung up while the connection rested, or has taken enough over it: nothing was handed over.
                await self.close()
                stage, result = await self._attempt(message, data)
            return result
        except ValueError as error:
            # The address or title cannot be put into a mail at all; asking a server would not change that.
            return Result(Outcome.REFUSED, "compose", type(error).__name__)

    async def _attempt(self, message: Outgoing, data: bytes) -> tuple[str, Result]:
        """One attempt, and at which stage it ended."""
        stage = "connect"
        given = self._given
        try:
            smtp = await self._connected()
            stage = "envelope"
            await self._say(smtp, b"MAIL FROM:<%s>" % _from(given.sender)[1].encode("ascii"))
            await self._say(smtp, b"RCPT TO:<%s>" % message.address.encode("ascii"))
            stage = "data"
            self._carried += 1
            reply = await smtp.data(data, timeout=given.data_timeout)
            return stage, classify(stage=stage, code=reply.code, detail=reply.message, reference=message.key)
        except aiosmtplib.SMTPResponseException as error:
            await self._reset()
            # Servers repeat the address; attempts are kept for good, and prove without it.
            return stage, classify(stage=stage, code=error.code, detail=error.message.replace(message.address, "<…>"))
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            await self.close()
            return stage, classify(stage=stage, silence=True, detail=type(error).__name__)

    async def _say(self, smtp: aiosmtplib.SMTP, command: bytes) -> None:
        """A command of the envelope; both addresses were looked at, once, which the library would do for each mail."""
        reply = await smtp.execute_command(command, timeout=self._given.command_timeout)
        if reply.code not in (250, 251):
            raise aiosmtplib.SMTPResponseException(reply.code, reply.message)

    async def _reset(self) -> None:
        if self._smtp is None or not self._smtp.is_connected:
            return
        try:
            await self._smtp.rset(timeout=self._given.command_timeout)
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            await self.close()

    async def close(self) -> None:
        """Ends the connection politely where it still stands."""
        smtp, self._smtp, self._carried = self._smtp, None, 0
        if smtp is None:
            return
        try:
            if smtp.is_connected:
                await smtp.quit(timeout=2.0)
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            smtp.close()


@asynccontextmanager
async def session(given: EmailSettings | None = None) -> AsyncIterator[Session]:
    """A session for many messages, one after the other."""
    opened = EmailSession(given or settings())
    try:
        yield opened
    finally:
        await opened.close()


CHANNEL = Channel(
    code="email",
    zh="电子邮件",
    en="E-mail",
    address="email",
    enabled=lambda: settings().url is not None,
    open=session,
    classify=classify,
)
