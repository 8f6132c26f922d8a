"""Which issuer key signs and which are published: rotation that signs nobody out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.ticketing.domain.grants.policy import LONGEST_TOKEN


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """A key by its id: it signs from ``signs_from`` until a later one does."""

    kid: str
    signs_from: datetime
    withdrawn: bool = False


def signing(keys: Sequence[IssuerKey], now: datetime) -> IssuerKey | None:
    """The newest key that may sign already; None when there is none."""
    ready = [key for key in keys if not key.withdrawn and key.signs_from <= now]
    return max(ready, key=lambda key: (key.signs_from, key.kid), default=None)


def published(keys: Sequence[IssuerKey], now: datetime) -> list[IssuerKey]:
    """Keys that others must know now: those that will sign, the one that does, and those whose last tokens still live.

    A key stopped signing when its successor began; its longest token ends a day later.
    """
    alive = sorted((key for key in keys if not key.withdrawn), key=lambda key: (key.signs_from, key.kid))
    shown = []
    for n, key in enumerate(alive):
        successor = alive[n + 1] if n + 1 < len(alive) else None
        if successor is None or now < successor.signs_from + LONGEST_TOKEN:
            shown.append(key)
    return shown
