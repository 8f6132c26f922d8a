"""What goes in and out of ``/ticketing/v1/packs`` and ``/ticketing/v1/kinds``."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from shared.http.schemas import Input, Output, Text, UtcTime


class SwitchIn(Input):
    """On or off, and why."""

    on: bool
    reason: Annotated[str | None, Field(max_length=300)] = None

    model_config = {"json_schema_extra": {"examples": [{"on": True, "reason": "自本月起代理燃气业务"}]}}


class PackOut(Output):
    """A line of business; ``since``: when it was last switched."""

    code: str
    name: Text
    on: bool
    since: UtcTime | None
    kinds: list[str]


class PacksOut(Output):
    """All packs there are."""

    items: list[PackOut]


class StateOut(Output):
    """A state; ``role`` answers for a case in it."""

    code: str
    name: Text
    final: bool
    role: str


class ActionOut(Output):
    """An action: in which state it is possible, which state comes after it, who may do it.

    A ``deed`` is posted to ``/tickets/{id}/deeds`` with ``fields`` of this schema; the others have a path of their own.
    """

    code: str
    name: Text
    deed: bool
    transitions: Annotated[dict[str, str], Field(description="State -> state after it")]
    actors: list[str]
    fields: Annotated[dict[str, Any] | None, Field(description="JSON Schema of a deed's fields")]


class KindLimitOut(Output):
    """A limit as shipped; null: off until a policy sets it."""

    code: str
    text: Text | None


class KindClockOut(Output):
    """A promise of the kind, with the row of the catalogue that asks for it."""

    code: str
    row: str
    name: Text
    limits: list[KindLimitOut]
    pausable: bool
    firm: bool


class GateOut(Output):
    """A condition that must hold before a case is done with."""

    code: str
    row: str
    name: Text


class KindOut(Output):
    """A kind of ticket, as whoever draws forms and buttons needs it."""

    code: str
    name: Text
    pack: str
    prefix: str
    urgent: Annotated[bool, Field(description="Each case is, whatever is said at its intake")]
    at_once: Annotated[bool, Field(description="An intake may bring its `result` along")]
    first: str
    fields: Annotated[dict[str, Any], Field(description="JSON Schema of `fields` at intake")]
    states: list[StateOut]
    actions: list[ActionOut]
    clocks: list[KindClockOut]
    gates: list[GateOut]


class KindsOut(Output):
    """The kinds of the packs that are on."""

    items: list[KindOut]
