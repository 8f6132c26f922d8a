"""Affairs that follow the common graph and differ in what they are about: one call makes a kind of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from services.ticketing.domain.clocks import ClockSpec
from services.ticketing.domain.kind import Example, Step, TicketKind
from services.ticketing.domain.kinds._kit import AUTO_CLOSE, MOVES, STATES
from services.ticketing.domain.kinds._shared import AUTHORITY, FOLLOW_UP

_D: Final = timedelta


def affair(
    code: str, zh: str, en: str, prefix: str, fields: type, *, clocks: Sequence[ClockSpec] = (), **more: Any
) -> TicketKind:
    """A kind on the common graph: dispatched, done, signed or closed after a week."""
    return TicketKind(
        code=code,
        zh=zh,
        en=en,
        prefix=prefix,
        policy=f"{code}/1",
        fields=fields,
        states=STATES,
        **{"moves": MOVES, "auto_close": AUTO_CLOSE, "examples": (done_in_a_day(),), **more},
        clocks=(*clocks, AUTHORITY, FOLLOW_UP),
    )


def done_in_a_day(
    fields: Mapping[str, Any] | None = None, between: Sequence[Step] = (), urgency: str = "normal", **clocks: str
) -> Example:
    """The common course: given to somebody, done the same day, closed a week later."""
    return Example(
        "dispatched, done and closed",
        (
            Step("dispatch", _D(minutes=10)),
            Step("arrive", _D(minutes=20)),
            *between,
            Step("complete", _D(hours=5)),
        ),
        until=_D(days=8),
        state="closed",
        urgency=urgency,
        clocks={name.replace("__", "."): state for name, state in clocks.items()},
        fields=fields or {},
    )
