"""Which purposes there are, which edition holds, what somebody still has to be asked, and what they agreed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Purpose:
    """What people's data is used for. ``required``: the service itself; the others are theirs to refuse."""

    code: str
    zh: str
    en: str
    required: bool


PURPOSES: Final[Mapping[str, Purpose]] = MappingProxyType(
    {
        p.code: p
        for p in (
            Purpose("privacy", "隐私政策", "privacy notice", True),
            Purpose("terms", "服务协议", "terms of use", True),
            Purpose("marketing", "推广信息", "offers and promotions", False),
            Purpose("survey_sms", "短信满意度调查", "surveys by text message", False),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Edition:
    """A published text: from ``effective_from`` (UTC) on, until a later edition takes its place."""

    id: UUID
    purpose: str
    edition: int
    effective_from: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody said to an edition."""

    purpose: str
    edition: int
    given: bool
    decided_at: datetime
    channel: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to a purpose: the edition that holds, their last word, whether the app asks now."""

    purpose: Purpose
    edition: Edition
    last: Decision | None
    agreed: bool
    to_ask: bool


def in_force(editions: Sequence[Edition], purpose: str, now: datetime) -> Edition | None:
    """The edition of a purpose that holds at ``now``: the highest that has begun."""
    begun = [e for e in editions if e.purpose == purpose and e.effective_from <= now]
    return max(begun, key=lambda e: e.edition, default=None)


def standings(editions: Sequence[Edition], decisions: Sequence[Decision], now: datetime) -> tuple[Standing, ...]:
    """How somebody stands to every purpose that has a text; ``decisions`` in the order in which they were made.

    A yes to an older edition is no yes to this one. A required text is asked for until it is accepted; an optional one
    is asked for once per edition, and a no is taken for an answer.
    """
    found = []
    for purpose in PURPOSES.values():
        edition = in_force(editions, purpose.code, now)
        if edition is None:
            continue
        last = next((d for d in reversed(decisions) if d.purpose == purpose.code), None)
        current = last is not None and last.edition >= edition.edition
        agreed = current and last is not None and last.given
        # row: D-076 sensitive information is used for what its owner was told and agreed to, nothing else
        to_ask = not agreed if purpose.required else not current
        found.append(Standing(purpose, edition, last, agreed, to_ask))
    return tuple(found)
