"""A raw message as people mean it: who, about what, which text, which files. Any charset that China writes in."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Any, Final

from services.ticketing.domain.inbound_errors import MailUnreadable

#: As much of a text as is kept; a ticket's detail takes less.
LONGEST_TEXT: Final = 100_000
MOST_FILES: Final = 20
_ID: Final = re.compile(r"<[^<>\s]{1,380}>")
#: What calls itself by the small name often means the large charset.
_SUPERSETS: Final = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "us-ascii": "utf-8", "ascii": "utf-8"}


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a message as it was sent."""

    name: str | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A message. ``sender`` is in small letters; ``headers`` by small names, the first of each."""

    message_id: str
    references: tuple[str, ...]
    sender: str
    sender_name: str
    subject: str
    text: str
    files: tuple[Attached, ...]
    headers: dict[str, str]


def parse(data: bytes) -> Mail:
    """Read a raw message; takes CPU, so run it in a thread.

    Raises:
        MailUnreadable: it has no sender, or is no message at all.
    """
    try:
        message = message_from_bytes(data, policy=policy.compat32)
        headers: dict[str, str] = {}
        for name, value in message.raw_items():
            headers.setdefault(name.lower(), _header(value))
        text, files = _content(message)
    except (MessageError, ValueError, LookupError, RecursionError) as problem:
        raise MailUnreadable() from problem
    name, sender = parseaddr(headers.get("from", ""))
    if "@" not in sender or len(sender) > 254:
        raise MailUnreadable()
    found = _ID.search(headers.get("message-id", ""))
    # Without an id of its own a message is known by its content, so that the relay's repeat is still the same one.
    message_id = found.group() if found else f"<{hashlib.sha256(data).hexdigest()}>"
    named = f"{headers.get('in-reply-to', '')} {headers.get('references', '')}"
    references = tuple(dict.fromkeys(_ID.findall(named)))[-20:]
    subject = " ".join(headers.get("subject", "").split())[:300]
    return Mail(message_id, references, sender.lower(), name.strip()[:100], subject, text, tuple(files), headers)


def _header(value: Any) -> str:
    """A header as people read it: encoded words, or the bare bytes that some programs send."""
    text = str(value).replace("\r", "").replace("\n", " ")
    raw = text.encode("utf-8", "surrogateescape")
    if "=?" not in text:
        return _clean(_decoded(raw, None))
    parts = []
    for part, charset in decode_header(text):
        parts.append(_decoded(part, charset) if isinstance(part, bytes) else part)
    return _clean("".join(parts))


def _decoded(data: bytes, charset: str | None) -> str:
    name = (charset or "utf-8").strip().lower()
    for candidate in (_SUPERSETS.get(name, name), "utf-8", "gb18030"):
        try:
            return data.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


def _clean(text: str) -> str:
    """Without what a database cannot keep."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def _content(message: Message) -> tuple[str, list[Attached]]:
    plain: list[str] = []
    pages: list[str] = []
    files: list[Attached] = []
    for part in message.walk():
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        name = part.get_filename()
        kind = part.get_content_type()
        is_file = name is not None or part.get_content_disposition() == "attachment"
        if not is_file and kind in ("text/plain", "text/html"):
            charset = part.get_content_charset()
            (plain if kind == "text/plain" else pages).append(_decoded(data, charset))
        elif data and len(files) < MOST_FILES:
            files.append(Attached(_header(name) if name else None, data))
    text = "\n".join(plain) if any(p.strip() for p in plain) else "\n".join(map(_read_page, pages))
    return _clean(text.replace("\r\n", "\n")).strip()[:LONGEST_TEXT], files


class _Words(HTMLParser):
    """The words of a page, a line for each block; scripts and styles left out."""

    _BLOCKS: Final = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3"})
    _HIDDEN: Final = frozenset({"script", "style", "head"})

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._HIDDEN:
            self._hidden += 1
        elif tag in self._BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._HIDDEN and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _read_page(page: str) -> str:
    reader = _Words()
    reader.feed(page)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).split("\n"))
    return "\n".join(line for line in lines if line)
