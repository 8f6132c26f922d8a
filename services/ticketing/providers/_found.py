"""What a provider says about somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.masking import normal_phone


@dataclass(frozen=True, slots=True)
class Found:
    """An outside account: its ids (kind, address; the surest first), and what the provider vouches for besides."""

    ids: Sequence[tuple[str, str]]
    phone: str | None = None
    email: str | None = None


def phone_of(text: str | None) -> str | None:
    """A provider's phone number in our normal form; None for none, or for what is no number (masked by privacy)."""
    if not text:
        return None
    try:
        return normal_phone(text)
    except ValueError:
        return None
