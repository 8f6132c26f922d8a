"""What stands before every stored word, and what a phone number is stored as."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

from services.ticketing.domain.bigrams import Asked, asked, digits_of, lexemes, tails, tsquery, words
from services.ticketing.sessions.secrets import Vault

#: Hexadecimal digits kept of a keyed hash: 64 bits, so that two numbers of one organisation do not meet.
_KEPT: Final = 16

Hash = Callable[[UUID, str], str]
"""(organisation, digits) -> the word under which these digits are found."""


def mark(org_id: UUID) -> str:
    """Eight random digits of the organisation's id; two that share them only share pages of the index."""
    return f"{org_id.hex[-8:]}:"


def hasher(keys: Vault) -> Hash:
    """Phone numbers as words that only whoever knows the installation's key can make.

    Four digits have ten thousand forms: without a key a list of plain hashes would be a list of phone numbers.
    """

    def of(org_id: UUID, digits: str) -> str:
        return "#" + keys.hash("search.phone", org_id.bytes, digits).hex()[:_KEPT]

    return of


def stored(org_id: UUID, *texts: str | None) -> list[str]:
    """The lexemes of texts."""
    return lexemes(words(*texts), mark(org_id))


def stored_person(org_id: UUID, hash: Hash, name: str | None, phone: str | None) -> list[str]:
    """The lexemes of a person: words of the name, and the ends of the phone number as hashes."""
    return stored(org_id, name) + lexemes((hash(org_id, tail) for tail in tails(phone)), mark(org_id))


def wanted(org_id: UUID, text: str) -> str | None:
    """What is asked of the words of things, as a ``tsquery``; None when the text has no words."""
    query = asked(text)
    return tsquery(query, mark(org_id)) if query else None


def wanted_person(org_id: UUID, hash: Hash, text: str) -> str | None:
    """What is asked of people: four and more digits are the end of a phone number, everything else the name."""
    spoken: list[str] = []
    digits: list[str] = []
    for part in _parts(text):
        found = digits_of(part)
        (digits if found else spoken).append(found or part)
    query = asked(" ".join(spoken))
    whole = (*query.whole, *(hash(org_id, d) for d in digits))
    query = Asked(whole, query.begins)
    return tsquery(query, mark(org_id)) if query else None


def _parts(text: str) -> Iterable[str]:
    # 138 1234 5678 is one number, 张伟 5678 a name and the end of one.
    return re.sub(r"(?<=\d)[\s-]+(?=\d)", "", text).split()
