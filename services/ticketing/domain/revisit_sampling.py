"""Which completed tickets are followed up (C-050, AMB-086): a lot that nobody can foresee and anybody can check.

The lot of a ticket is a keyed hash of its id. The key (the plan's seed) is made by chance and stays secret while the
plan is in force, so whoever does the work cannot know before the completion whether it will be asked about; it is shown
once the plan has ended, and from then on every lot can be computed again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.ticketing.domain.facts import Facts

#: Lots run from 0 to 9999; a plan of p percent draws those below p * 100.
LOTS: Final = 10_000

#: What a plan may follow up whatever is drawn; a rule sees the case as it was completed.
RULES: Final[Mapping[str, Callable[[Facts], bool]]] = MappingProxyType(
    {"urgent": lambda facts: facts.urgency == "urgent", "reopened": lambda facts: facts.rounds > 1}
)


@dataclass(frozen=True, slots=True)
class Draw:
    """The lot of one completion. ``reason``: lot, earlier (drawn in an earlier round) or the rule that asked for it."""

    lot: int
    threshold: int
    sampled: bool
    reason: str


def lot_of(seed: str, ticket_id: UUID) -> int:
    """The lot of a ticket under a plan: the same in every round, so that reopening does not buy a second chance."""
    digest = hmac.digest(seed.encode(), ticket_id.bytes, hashlib.sha256)
    return int.from_bytes(digest[:8], "big") % LOTS


def draw(seed: str, percent: int, always: Iterable[str], ticket_id: UUID, facts: Facts, *, earlier: bool) -> Draw:
    """Whether a completion is followed up, and why.

    ``earlier``: the ticket was drawn in an earlier round, under whatever plan; once drawn it stays drawn.
    """
    lot, threshold = lot_of(seed, ticket_id), percent * LOTS // 100
    if lot < threshold:
        return Draw(lot, threshold, True, "lot")
    for rule in always:
        if RULES[rule](facts):
            return Draw(lot, threshold, True, rule)
    return Draw(lot, threshold, earlier, "earlier" if earlier else "lot")


def seed_hash(seed: str) -> str:
    """What is shown of a secret seed, so that it cannot be exchanged later."""
    return hashlib.sha256(seed.encode()).hexdigest()


def nearest(path: Sequence[UUID], org_units: Iterable[UUID]) -> UUID | None:
    """Of org units with a plan, the one closest to a community; ``path`` runs from the organisation down to it."""
    having = set(org_units)
    return next((unit for unit in reversed(path) if unit in having), None)
