"""A kind as the API lists it: all from its declaration, nothing written twice."""

from __future__ import annotations

from collections.abc import Mapping

from services.ticketing.domain.actors import actors_of
from services.ticketing.domain.clock_texts import limit_text
from services.ticketing.domain.clocks import ClockSpec
from services.ticketing.domain.commands import action_names
from services.ticketing.domain.kind import TicketKind
from services.ticketing.domain.limits import Limit
from services.ticketing.packs.schemas import ActionOut, GateOut, KindClockOut, KindLimitOut, KindOut, StateOut
from services.ticketing.tickets.reading import schema_of
from shared.http.schemas import Text


def present_kind(kind: TicketKind, holders: Mapping[str, frozenset[str]]) -> KindOut:
    """A kind; ``holders`` are the roles that may do an action at all."""
    revisit = (kind.revisit,) if kind.revisit else ()
    return KindOut(
        code=kind.code,
        name=Text(zh=kind.zh, en=kind.en),
        pack=kind.pack,
        prefix=kind.prefix,
        urgent=kind.urgent,
        at_once=kind.at_once,
        first=kind.first,
        fields=schema_of(kind.fields),
        states=[
            StateOut(code=s.code, name=Text(zh=s.zh, en=s.en), final=s.final, role=s.role) for s in kind.states
        ],
        actions=[
            _action(kind, action, moves, holders)
            for action, moves in {"create": {}, **kind.moves}.items()
            if action not in ("close", "refuse-signature")
        ],
        clocks=[_clock(spec) for spec in (*kind.clocks, *revisit)],
        gates=[GateOut(code=g.code, row=g.row, name=Text(zh=g.zh, en=g.en)) for g in kind.gates],
    )


def _action(
    kind: TicketKind, action: str, moves: Mapping[str, str], holders: Mapping[str, frozenset[str]]
) -> ActionOut:
    deed = kind.deed(action)
    narrower = actors_of(kind, action)
    held = holders["deed" if deed is not None else action]
    zh, en = action_names(kind, action)
    return ActionOut(
        code=action,
        name=Text(zh=zh, en=en),
        deed=deed is not None,
        transitions=dict(moves),
        actors=sorted((held if narrower is None else held & narrower) - {"service"}),
        fields=schema_of(deed.fields) if deed is not None else None,
    )


def _clock(spec: ClockSpec) -> KindClockOut:
    return KindClockOut(
        code=spec.code,
        row=spec.row,
        name=Text(zh=spec.zh, en=spec.en),
        limits=[KindLimitOut(code=code, text=_limit(limit)) for code, limit in spec.limits.items()],
        pausable=spec.pausable,
        firm=spec.firm,
    )


def _limit(limit: Limit | None) -> Text | None:
    if limit is None:
        return None
    zh, en = limit_text(limit)
    return Text(zh=zh, en=en)
