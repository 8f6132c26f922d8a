"""The rules of approvals, pure: a request, its chain, and what each act makes of it.

Four eyes: nobody decides about their own request, nobody decides twice in one chain, and nothing is delegated to
somebody who is in the chain already. Money asks by amount: a rung stands from its amount on, the amount included (以上
is inclusive, F-061), and a strict rung is decided only by its own roles, whoever it was delegated to (D-083).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from shared.approvals.errors import (
    AlreadyInChain,
    NobodyToAsk,
    NotNow,
    NotReturned,
    NotYourTurn,
    OwnRequest,
)

PENDING, RETURNED, APPROVED = "pending", "returned", "approved"
REFUSED, EXPIRED, WITHDRAWN = "refused", "expired", "withdrawn"
FINAL = frozenset({APPROVED, REFUSED, EXPIRED, WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of a ladder: whoever holds one of the roles decides, from this amount (fen) on, the amount included."""

    roles: tuple[str, ...]
    from_fen: int = 0
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of one request: to whom it was delegated, and who decided it."""

    roles: tuple[str, ...]
    strict: bool = False
    holder: UUID | None = None
    decided_by: UUID | None = None
    decided_for: UUID | None = None
    """By whose standing delegation ``decided_by`` decided: "B for A"."""


@dataclass(frozen=True, slots=True)
class Lent:
    """The roles that somebody lent for a time: whoever holds them decides for ``owner``, and lends them to nobody."""

    owner: UUID
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it stands. ``involved`` are all who asked, decided, delegated or were delegated to."""

    asked_by: UUID
    state: str
    step: int
    steps: tuple[Step, ...]
    involved: frozenset[UUID]
    expires_at: datetime

    @property
    def turn(self) -> Step:
        """The step that is to be decided."""
        return self.steps[self.step]


def chain(ladder: Sequence[Rung], amount_fen: int | None) -> tuple[Step, ...]:
    """The steps of a request for an amount (fen), or for no money at all.

    Raises:
        NobodyToAsk: the ladder has no rung for it.
    """
    amount = amount_fen or 0
    # row: AMB-007 the amount itself is included
    steps = tuple(Step(rung.roles, rung.strict) for rung in ladder if amount >= rung.from_fen)
    if not steps:
        raise NobodyToAsk()
    return steps


def nearest(ladders: Mapping[UUID, Sequence[Rung]], path: Sequence[UUID], default: Sequence[Rung]) -> Sequence[Rung]:
    """The ladder of the org unit nearest to the subject that has one of its own; ``path`` from the root down."""
    return next((ladders[unit] for unit in reversed(path) if unit in ladders), default)


def ask(asked_by: UUID, steps: tuple[Step, ...], expires_at: datetime) -> Request:
    """A new request."""
    return Request(asked_by, PENDING, 0, steps, frozenset({asked_by}), expires_at)


def approve(
    request: Request, actor: UUID, roles: Collection[str], now: datetime, lent: Sequence[Lent] = ()
) -> Request:
    """Decide the present step; after the last one the request is approved. Raises what :func:`check_turn` raises."""
    decided = _decided(request, actor, check_turn(request, actor, roles, now, lent))
    if request.step + 1 < len(request.steps):
        return replace(decided, step=request.step + 1)
    return replace(decided, state=APPROVED)


def refuse(
    request: Request, actor: UUID, roles: Collection[str], now: datetime, lent: Sequence[Lent] = ()
) -> Request:
    """End the request. Raises what :func:`check_turn` raises."""
    return replace(_decided(request, actor, check_turn(request, actor, roles, now, lent)), state=REFUSED)


def send_back(
    request: Request, actor: UUID, roles: Collection[str], now: datetime, lent: Sequence[Lent] = ()
) -> Request:
    """Give the request back to whoever asked, to be changed. Raises what :func:`check_turn` raises."""
    check_turn(request, actor, roles, now, lent)
    return replace(request, state=RETURNED)


def resubmit(
    request: Request, actor: UUID, steps: tuple[Step, ...], now: datetime, expires_at: datetime
) -> Request:
    """Ask again after a return: the chain begins anew, for what was approved before was approved of something else.

    Raises:
        NotYourTurn: somebody else than who asked. NotReturned: it was not given back.
    """
    if request.state != RETURNED or now >= request.expires_at:
        raise NotReturned(state=request.state)
    if actor != request.asked_by:
        raise NotYourTurn()
    return ask(actor, steps, expires_at)


def delegate(request: Request, actor: UUID, roles: Collection[str], to: UUID, now: datetime) -> Request:
    """Hand the present step to somebody who is not in the chain yet.

    Raises:
        AlreadyInChain: ``to`` asked, decided, delegated or was delegated to; and what :func:`check_turn` raises.
    """
    check_turn(request, actor, roles, now)
    if to == actor or to in request.involved:
        raise AlreadyInChain()
    steps = list(request.steps)
    steps[request.step] = replace(request.turn, holder=to)
    return replace(request, steps=tuple(steps), involved=request.involved | {actor, to})


def hand_over(request: Request, giver: UUID, to: UUID, now: datetime) -> Request:
    """Give a step that was delegated to somebody who goes to another. Raises NotNow, NotYourTurn, AlreadyInChain."""
    _open(request, now, (PENDING,))
    if request.turn.holder != giver:
        raise NotYourTurn()
    if to in request.involved:
        raise AlreadyInChain()
    steps = list(request.steps)
    steps[request.step] = replace(request.turn, holder=to)
    return replace(request, steps=tuple(steps), involved=request.involved | {to})


def withdraw(request: Request, actor: UUID, now: datetime) -> Request:
    """Take one's own request back. Raises NotNow, NotYourTurn."""
    _open(request, now, (PENDING, RETURNED))
    if actor != request.asked_by:
        raise NotYourTurn()
    return replace(request, state=WITHDRAWN)


def expire(request: Request, now: datetime) -> Request | None:
    """What becomes of a request whose time is over; None when it is decided already, or was given more time."""
    if request.state in FINAL or now < request.expires_at:
        return None
    return replace(request, state=EXPIRED)


def check_turn(
    request: Request, actor: UUID, roles: Collection[str], now: datetime, lent: Sequence[Lent] = ()
) -> UUID | None:
    """Whether ``actor``, with these roles, decides the present step; for whom, when by roles that were lent.

    What was lent decides a step of those roles alone: not a strict one, not one that was delegated, and not in a chain
    that either of the two is in already.

    Raises:
        NotNow: decided, given back or expired.
        OwnRequest: nobody decides about their own.
        NotYourTurn: another's step, or decided an earlier one: two steps are two persons.
    """
    _open(request, now, (PENDING,))
    if actor == request.asked_by:
        raise OwnRequest()
    turn = request.turn
    if any(step.decided_by == actor for step in request.steps[: request.step]):
        raise NotYourTurn()
    holds_role = not set(roles).isdisjoint(turn.roles)
    if turn.holder is not None:
        # row: D-083 nor by delegation to a lower role
        allowed = actor == turn.holder and (holds_role or not turn.strict)
    else:
        allowed = holds_role
    if allowed:
        return None
    if turn.holder is None and not turn.strict and actor not in request.involved:
        for one in lent:
            if one.owner not in request.involved and not one.roles.isdisjoint(turn.roles):
                return one.owner
    raise NotYourTurn()


def _open(request: Request, now: datetime, states: Collection[str]) -> None:
    if request.state not in states or now >= request.expires_at:
        raise NotNow(state=EXPIRED if request.state not in FINAL and now >= request.expires_at else request.state)


def _decided(request: Request, actor: UUID, owner: UUID | None) -> Request:
    steps = list(request.steps)
    steps[request.step] = replace(request.turn, decided_by=actor, decided_for=owner)
    both = {actor} if owner is None else {actor, owner}
    return replace(request, steps=tuple(steps), involved=request.involved | both)
