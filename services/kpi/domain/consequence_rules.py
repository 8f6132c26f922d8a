"""What a consequence rule is given and what it answers; the rules are the plug-ins in `consequences/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from services.kpi.domain.letters import ConsequenceRule
from services.kpi.domain.numbers import Text
from shared.periods import Period


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the targets: of this period, and of earlier ones by period. `missed` includes not measured
    (AMB-008)."""

    period: Period | None
    missed: Mapping[str, Text]  # indicator -> how it was missed
    earlier: Mapping[str, Mapping[str, bool]]  # period -> indicator -> missed
    titles: Mapping[str, Text]
    met: frozenset[str] = frozenset()
    total: Fraction | None = None
    pending: bool = False  # a judgement is still due somewhere
    parameters: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Consequence:
    """A proposal that follows from a scorecard; a person decides on it."""

    kind: str
    reason: Text
    indicators: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ConsequencePlugin:
    """One way of concluding consequences from outcomes."""

    code: str
    title: Text
    conclude: Callable[[ConsequenceRule, Outcome], Sequence[Consequence]]


Settings = Mapping[str, Any]
