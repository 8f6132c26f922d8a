"""When one report is the same as another, and what may become of it without a promise disappearing.

A merged case is withdrawn in favour of its main one: its row, its number, its receipt and every clock that was missed
stay. So a merge is refused wherever it would let a promise fall away that nobody else keeps:

- it must be of the same household (or, of no unit, of the same person): another owner was promised an answer and a
  signature of their own;
- the main case was received first, so that its limits are the earlier ones;
- each clock that still runs must run in the main case too, and end there no later. A main case that has kept (or
  missed) its promise of an answer has not answered this report: that has to be kept here before it is merged.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.ticketing.domain.bigrams import words
from services.ticketing.domain.clocks import Clock
from services.ticketing.domain.ticket_errors import NotMergeable

#: Parameter: texts that share at least so much of their words are alike.
ALIKE: Final = 0.4


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as merging sees it."""

    id: UUID
    kind: str
    community_id: UUID
    unit_id: UUID | None
    reporter_id: UUID | None
    received_at: datetime
    ended: bool
    merged: bool
    has_duplicates: bool
    clocks: Mapping[str, Clock]
    """Its own clocks by code; those of follow-up calls belong to work that was done."""


def _running(clock: Clock | None) -> bool:
    return clock is not None and clock.state == "running"


def check(duplicate: Standing, main: Standing) -> None:
    """Raise :class:`NotMergeable`, with what to do about it, unless ``duplicate`` may be merged into ``main``."""
    if (duplicate.kind, duplicate.community_id) != (main.kind, main.community_id):
        raise NotMergeable(
            why_zh="两张工单的类型或小区不同", why_en="the two are of different kinds or communities"
        )
    if duplicate.unit_id != main.unit_id or (
        duplicate.unit_id is None and (duplicate.reporter_id is None or duplicate.reporter_id != main.reporter_id)
    ):
        raise NotMergeable(
            why_zh="不是同一户（或同一人）的报事，须分别答复和签字",
            why_en="they are not of one household (or one person), and each owner is answered and signs",
        )
    if main.ended or main.merged:
        raise NotMergeable(why_zh="主工单已结束，请重新打开主工单", why_en="the main case has ended; reopen it first")
    if duplicate.ended or duplicate.has_duplicates:
        raise NotMergeable(
            why_zh="该工单已结束，或已有工单并入其中", why_en="it has ended, or others were merged into it"
        )
    if main.received_at > duplicate.received_at:
        raise NotMergeable(
            why_zh="主工单须是先受理的那一张，请反向合并",
            why_en="the main case is the one received first; merge the other way",
        )
    for code, clock in duplicate.clocks.items():
        if not _running(clock):
            continue
        kept = main.clocks.get(code)
        if kept is None or not _running(kept) or kept.due_at > clock.due_at:
            raise NotMergeable(
                why_zh="该工单仍有主工单不再承担的时限承诺（如响应），请先在本工单上履行",
                why_en="it still has a promise that the main case does not keep (an answer, say); keep that here first",
            )


def likeness(one: Collection[str], other: Collection[str]) -> float:
    """How much of their words two texts share: 0 to 1. No number of ours depends on it; it only orders suggestions."""
    a, b = set(one), set(other)
    return len(a & b) / len(a | b) if a and b else 0.0


def text_words(summary: str, detail: str | None) -> list[str]:
    """The words by which two reports are compared."""
    return words(summary, detail)
