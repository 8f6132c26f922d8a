"""What a grant is: it takes the fields of a request and proves who is asking, or refuses. Nothing else.

Which of several accounts is meant, what the tokens say, and how long a session lives is the same for all of them and
stands in ``sessions/service.py``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.ticketing.sessions.context import Context
from services.ticketing.sessions.identities import Candidate
from shared.http.schemas import Input
from shared.registry import discover


class DeviceIn(Input):
    """The device that signs in, as far as it says."""

    name: Annotated[
        str | None, Field(max_length=80, description="As its owner calls it, for the list of sessions")
    ] = None
    id: Annotated[str | None, Field(max_length=128, description="An id that the app made for itself")] = None
    token: Annotated[
        str | None,
        Field(max_length=200, description="The `device_token` of an earlier sign-in: others cannot use up its tries"),
    ] = None


class Fields(Input):
    """What every grant takes; each adds ``grant`` and its own."""

    device: DeviceIn | None = None
    organisation_id: Annotated[
        UUID | None, Field(description="Which organisation, when it is known beforehand; else a choice may follow")
    ] = None
    unit_ids: Annotated[
        list[UUID] | None,
        Field(min_length=1, max_length=200, description="Residents: only these of their units in this session"),
    ] = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Who may be asking: the accounts that the proof fits.

    ``address`` is what the register must still say of them, if the proof was a phone or an e-mail address; ``device``
    is what a device token is made for, if the grant has lanes.
    """

    candidates: Sequence[Candidate]
    method: str
    address: tuple[str, str] | None = None
    device: tuple[str, bytes] | None = None
    links: Sequence[tuple[str, bytes]] = ()
    """Outside accounts, to be linked with whoever signs in by this proof."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A way to sign in: its code, the fields it takes, requests for the documentation, and how it proves.

    ``prove`` is given the context and the fields; it raises an AppError (401, 422, 429, 503) when nothing is proven.
    """

    code: str
    fields: type[Fields]
    examples: Sequence[Mapping[str, Any]]
    prove: Callable[[Context, Any], Awaitable[Proof]]


@cache
def grants() -> Mapping[str, Grant]:
    """All grants by code."""
    return discover("services.ticketing.grants", "GRANT")
