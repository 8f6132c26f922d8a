"""When an owner counts as satisfied (AMB-110, AMB-111)."""

from __future__ import annotations

from typing import Final

#: Parameter ``satisfied_from``: marks run from 0 to 100, and from this one on the owner is satisfied.
SATISFIED_FROM: Final = 80


def satisfied(score: int, satisfied_from: int = SATISFIED_FROM) -> bool:
    """Whether a mark of 0 to 100 counts as satisfied."""
    return score >= satisfied_from
