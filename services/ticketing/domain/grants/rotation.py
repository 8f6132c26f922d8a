"""Refresh tokens rotate: each is good once, and one that comes back ends the whole family."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.ticketing.domain.grants.policy import RETRY_LIFE

Outcome = Literal["rotate", "repeat", "reuse", "over"]


@dataclass(frozen=True, slots=True)
class Family:
    """What is stored of a session: the generation that is good now and its hash, and how it came about."""

    generation: int
    token_hash: bytes
    previous_hash: bytes | None
    rotated_at: datetime
    retry_hash: bytes | None
    idle_until: datetime
    expires_at: datetime
    ended: bool


def judge(family: Family, generation: int, token_hash: bytes, retry_hash: bytes | None, now: datetime) -> Outcome:
    """What a refresh with an authentic token of this family means.

    rotate: the good one. repeat: the very request that rotated last, asked again because its answer was lost (same
    token, same Idempotency-Key, within a minute, its successor unused). reuse: a token that was used before, so that
    two hold the family's tokens and one of them is a thief. over: ended or expired.
    """
    if family.ended or now >= family.expires_at or now >= family.idle_until:
        return "over"
    if generation == family.generation and token_hash == family.token_hash:
        return "rotate"
    lost = (
        generation == family.generation - 1
        and token_hash == family.previous_hash
        and retry_hash is not None
        and retry_hash == family.retry_hash
        and now - family.rotated_at <= RETRY_LIFE
    )
    return "repeat" if lost else "reuse"


def next_idle(now: datetime, idle: timedelta, expires_at: datetime) -> datetime:
    """Until when the family lives without another refresh; never beyond its end."""
    return min(now + idle, expires_at)
