"""How long a text message is, and as how many it is billed."""

from dataclasses import dataclass
from typing import Final

#: Chinese providers count characters whatever their alphabet: one message up to 70, several of 67 beyond.
ONE: Final = 70
EACH: Final = 67
#: No provider takes more in one message, however it is billed.
MOST: Final = 500


@dataclass(frozen=True)
class Length:
    """Characters with the signature's brackets, and the messages it is billed as."""

    characters: int
    segments: int


def length(text: str, signature: str = "") -> Length:
    """The length of a text with its signature, which is sent as 【…】 before it and counts."""
    characters = len(text) + (len(signature) + 2 if signature else 0)
    return Length(characters, 1 if characters <= ONE else -(-characters // EACH))
