"""Which mail is taken in, and whose case it may speak in (C-043).

A machine's answer to our answer would go on for ever, so nothing that says of itself that it is automatic opens
anything. What a subject or a header names is known to many; only the sender's own address, or the token that our own
answers carry, lets a message into a case.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

#: New cases of one sender within an hour; beyond that it is a machine, whatever it says of itself (parameter).
MOST_AN_HOUR: Final = 10

_TAG: Final = re.compile(r"(?<![A-Z0-9])([A-Z]{1,4}\d{8}-\d{4,7})(?:#([A-Za-z0-9_-]{16}))?(?![0-9A-Za-z_#-])")
_MACHINES: Final = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|auto-?reply|notifications?)([+._-].*)?@"
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A case's number in a subject, with the token of our own answers when it carries one."""

    number: str
    token: str | None


def tag_of(subject: str) -> Tag | None:
    """The first number of a case in a subject; one with a token before any without."""
    found = [Tag(m.group(1), m.group(2)) for m in _TAG.finditer(subject)]
    return next((tag for tag in found if tag.token), found[0] if found else None)


def tagged(number: str, token: str) -> str:
    """What our answers carry in their subject."""
    return f"[{number}#{token}]"


def machine(headers: Mapping[str, str], sender: str, own: Collection[str]) -> str | None:
    """Why a message is not a person's: own, bounce, auto_reply or list; None for a person's.

    ``headers`` by small names, ``sender`` and ``own`` addresses in small letters.
    """
    if sender in own or "x-steward-mail" in headers:
        return "own"
    kind = headers.get("content-type", "").lower()
    if headers.get("return-path", "").strip() == "<>" or kind.startswith("multipart/report"):
        return "bounce"
    automatic = headers.get("auto-submitted", "no").split(";")[0].strip().lower()
    precedence = headers.get("precedence", "").strip().lower()
    if automatic != "no" or precedence == "auto_reply" or {"x-autoreply", "x-autorespond"} & headers.keys():
        return "auto_reply"
    if "list-id" in headers or precedence in ("bulk", "junk", "list"):
        return "list"
    return "auto_reply" if _MACHINES.match(sender) else None


def may_speak(sender: str, known: Collection[str], token: str | None, wanted: str) -> bool:
    """Whether a message may go into a case: by its token, or because the sender belongs to the case."""
    return token == wanted if token is not None else bool(sender) and sender in known
