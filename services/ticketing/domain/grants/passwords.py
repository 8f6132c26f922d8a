"""What a password must be, and the list of those that everybody tries first.

The list is made here, from what people do (words, walks over the keyboard, a long number behind a name), and shipped
as a Bloom filter, so that checking needs no network and the file gives nobody a dictionary.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from services.ticketing.domain.grants.common_words import FAMILY_NAMES, KEYBOARD, TAILS, WORDS

SHORTEST: Final = 10
LONGEST: Final = 128
#: A password needs this many different characters; fewer is a pattern.
DIFFERENT: Final = 5
_TAIL: Final = re.compile(r"[\d\W_]+$")
#: Up to this many digits and signs behind a word do not make it another password.
_SHORT_TAIL: Final = 6
_LEET: Final = str.maketrans({"@": "a", "0": "o", "1": "l", "3": "e", "$": "s", "5": "s", "!": "i", "4": "a", "7": "t"})


def normal(password: str) -> str:
    """One spelling for what looks the same (NFKC), so that every keyboard types the same password."""
    return unicodedata.normalize("NFKC", password)


@dataclass(frozen=True, slots=True)
class Bloom:
    """A set that answers "surely not" or "most likely"; ``hashes`` bits per entry."""

    bits: bytes
    hashes: int

    @classmethod
    def build(cls, entries: Iterable[str], *, bits_per_entry: int = 20, hashes: int = 14) -> Bloom:
        """A filter over these entries; 20 bits and 14 hashes let one in 15,000 innocent words look common."""
        unique = set(entries)
        size = max(64, len(unique) * bits_per_entry) // 8 * 8
        bits = bytearray(size // 8)
        for entry in unique:
            for place in _places(entry, size, hashes):
                bits[place // 8] |= 1 << place % 8
        return cls(bytes(bits), hashes)

    @classmethod
    def loads(cls, text: str) -> Bloom:
        """Read what :meth:`dumps` wrote. Raises ValueError."""
        head, _, body = text.partition("\n")
        return cls(base64.b64decode("".join(body.split()), validate=True), int(head))

    def dumps(self) -> str:
        """As text in lines, for a package's data."""
        body = base64.b64encode(self.bits).decode()
        lines = [body[n : n + 120] for n in range(0, len(body), 120)]
        return "\n".join([str(self.hashes), *lines]) + "\n"

    def __contains__(self, entry: str) -> bool:
        return all(self.bits[p // 8] >> p % 8 & 1 for p in _places(entry, len(self.bits) * 8, self.hashes))


def _places(entry: str, size: int, hashes: int) -> Iterator[int]:
    digest = hashlib.sha256(entry.encode()).digest()
    first, second = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big") | 1
    for n in range(hashes):
        yield (first + n * second) % size


def common() -> Iterator[str]:
    """The list itself: words and family names with the tails people add, walks over the keyboard."""
    yield from KEYBOARD
    for word in (*WORDS, *FAMILY_NAMES):
        yield word
        # A short tail of digits and signs is taken off before a password is looked up.
        yield from (word + tail for tail in TAILS if len(tail) > _SHORT_TAIL or not _TAIL.fullmatch(tail))


def spellings(password: str) -> set[str]:
    """The forms in which a password is looked up: as it is, in small letters, without its tail, without disguise."""
    small = password.lower()
    bare = _TAIL.sub("", small)
    plain = bare.translate(_LEET)  # p@ssw0rd, once its tail is off
    forms = {small, plain}
    half = len(small) // 2
    if len(small) % 2 == 0 and small[:half] == small[half:]:
        forms.add(small[:half])  # abc123abc123
    if len(small) - len(bare) <= _SHORT_TAIL:
        forms.add(bare)
    return {form for form in forms if form}


def is_walk(password: str) -> bool:
    """Whether each character follows the one before by one and the same step (12345678, zyxwvuts, aaaaaaaa)."""
    steps = {ord(b) - ord(a) for a, b in zip(password, password[1:], strict=False)}
    return len(steps) == 1 and abs(next(iter(steps))) <= 2


def weakness(password: str, known: Bloom, about: Iterable[str] = ()) -> str | None:
    """Why a password is refused: ``short``, ``long``, ``simple``, ``common``, ``about_you``; None when it is good.

    ``about``: what others know of the person (phone, e-mail, name), which a password may not contain.
    """
    text = normal(password)
    if len(text) < SHORTEST:
        return "short"
    if len(text) > LONGEST:
        return "long"
    if len(set(text)) < DIFFERENT or is_walk(text) or text.isdigit():
        return "simple"
    if any(form in known for form in spellings(text)):
        return "common"
    small = text.lower()
    for fact in about:
        told = fact.lower().partition("@")[0]
        if len(told) >= 4 and told in small:
            return "about_you"
    return None
