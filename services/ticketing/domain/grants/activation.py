"""Activation codes on paper: their letters, their odds, and the tries that one person, one code and one network have.

A code is sixteen letters in four groups. The first six find it and prove nothing; the other ten, fifty random bits,
prove that somebody holds the paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from services.ticketing.domain.grants.limits import Limit
from services.ticketing.domain.grants.policy import DAY, HOUR, MINUTE

#: Crockford's letters: none that is taken for another when it is read from paper.
LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
HANDLE: Final = 6
SECRET: Final = 10
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_GROUP: Final = 4

#: How long a printed code is good: bills are printed quarterly.
LIFE: Final = 120 * DAY
LONGEST_LIFE: Final = 366 * DAY
#: Wrong tries at one code: five, then it is locked for longer than any code lives. The desk prints another.
TRIES_CODE: Final = Limit(5, LONGEST_LIFE)
#: Wrong tries of one person, whatever codes they try.
TRIES_PERSON: Final = Limit(5, 6 * HOUR)
#: Wrong tries from one network: a gatehouse's wireless serves many owners, a farm of phones gets nowhere.
TRIES_NETWORK: Final = Limit(60, MINUTE)


def drawn(letters: Iterable[int]) -> tuple[str, str]:
    """Handle and secret out of sixteen random numbers below 32."""
    text = "".join(LETTERS[n] for n in letters)
    if len(text) != HANDLE + SECRET:
        raise ValueError("sixteen letters are wanted")
    return text[:HANDLE], text[HANDLE:]


def printed(handle: str, secret: str) -> str:
    """As it stands on paper: four groups of four."""
    text = handle + secret
    return "-".join(text[n : n + _GROUP] for n in range(0, len(text), _GROUP))


def read(text: str) -> tuple[str, str] | None:
    """Handle and secret as somebody typed them: small letters, spaces, O for 0 and I or L for 1 are forgiven.

    None for what cannot be a code; it costs no try.
    """
    bare = "".join(c for c in text.upper() if c not in " -–—").translate(_READ_AS)
    if len(bare) != HANDLE + SECRET or any(c not in LETTERS for c in bare):
        return None
    return bare[:HANDLE], bare[HANDLE:]


def odds_of_a_code() -> float:
    """The chance that anybody at all guesses one code in its life, however many people and networks try."""
    return TRIES_CODE.most(LONGEST_LIFE - timedelta(seconds=1)) / len(LETTERS) ** SECRET
