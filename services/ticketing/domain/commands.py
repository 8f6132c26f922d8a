"""What each command does to a case: the one place where a ticket's facts change.

A command is refused unless the kind's graph allows it in the present state; what is left is a value in, a value out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any, Final
from uuid import UUID

from services.ticketing.domain.action_names import ACTIONS
from services.ticketing.domain.deeds import done
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import TicketKind
from services.ticketing.domain.ratings import satisfied
from services.ticketing.domain.ticket_errors import (
    AlreadyRated,
    AlreadyRecorded,
    DeadlineAgreed,
    NotComplex,
    NotNow,
    OwnCase,
    TicketInvalid,
)
from shared.errors import FieldError

#: Records that may come in after the case was closed, for something that happened before it was.
PROOFS: Final = frozenset({"respond", "arrive", "plan"})

#: What concerns the work done: it cannot have happened before the work was.
AFTER_COMPLETION: Final = frozenset({"sign", "refuse-signature", "rate", "reopen", "decide-unsigned"})

#: What the handler of a case leaves to others (architecture §3).
NOT_BY_HANDLER: Final = frozenset(
    {
        "rate",
        # row: AMB-084 nor does the handler rule on its validity
        "rule-validity",
        # row: C-054 nor make its follow-up call
        "revisit",
        # row: AMB-105 nor is a case decided on by whoever handled it
        "decide-unsigned",
    }
)


def action_names(kind: TicketKind, action: str) -> tuple[str, str]:
    """An action as sentences name it, whether many kinds have it or this one alone."""
    return (deed.zh, deed.en) if (deed := kind.deed(action)) else ACTIONS[action]


def next_state(kind: TicketKind, state: str, action: str, number: str = "") -> str:
    """The state after an action.

    Raises:
        NotNow: the graph has no such move; the sentence names the present state and what is possible.
    """
    after = kind.moves.get(action, {}).get(state)
    if after is None:
        spec = kind.state(state)
        allowed = [action_names(kind, a) for a in kind.allowed(state) if a != "close"]
        action_zh, action_en = action_names(kind, action)
        raise NotNow(
            number=number,
            state_zh=spec.zh,
            state_en=spec.en,
            action_zh=action_zh,
            action_en=action_en,
            allowed_zh="、".join(zh for zh, _ in allowed) or "无",
            allowed_en=", ".join(en for _, en in allowed) or "nothing",
        )
    return after


def not_before(facts: Facts, action: str) -> datetime:
    """The earliest instant at which an action can have happened."""
    if action in AFTER_COMPLETION and facts.completed_at is not None:
        return facts.completed_at
    return facts.received_at


def forbid_handler(facts: Facts, actor_id: UUID | None, action: str) -> None:
    """Raises :class:`OwnCase` when whoever handled the case does what is for others to do."""
    if action in NOT_BY_HANDLER and actor_id is not None and actor_id in (facts.handler_id, facts.assignee_id):
        zh, en = ACTIONS[action]
        raise OwnCase(action_zh=zh, action_en=en)


def apply(
    kind: TicketKind,
    before: Facts,
    action: str,
    at: datetime,
    args: Mapping[str, Any],
    *,
    actor_id: UUID | None = None,
    number: str = "",
    zone: tzinfo = UTC,
) -> Facts:
    """The case after a command that happened at ``at`` (UTC); refusals name times in ``zone``.

    Raises:
        NotNow: not in the present state.
        OwnCase: by the handler, and for others to do.
        AlreadyRecorded, AlreadyRated, NotComplex, DeadlineAgreed, TicketInvalid: as their names say.
    """
    state = next_state(kind, before.state, action, number)
    forbid_handler(before, actor_id, action)
    if before.closed_at is not None and action in PROOFS and at > before.closed_at:
        # After the end only the past can be told.
        raise TicketInvalid(
            fields=[
                FieldError(
                    "occurred_at",
                    "工单已关闭，只能补录关闭之前的事",
                    "The case is closed; only what happened before its end can still be recorded",
                )
            ]
        )
    given = _Given(args, actor_id, zone)
    if (deed := kind.deed(action)) is not None:
        known = before.time(deed.stamp)
        after = done(deed, before, at, args, actor_id, given.local(known) if known else "")
    else:
        after = _EFFECTS[action](before, at, given)
    return replace(after, state=state, state_since=before.state_since if state == before.state else at)


@dataclass(frozen=True, slots=True)
class _Given:
    """What came with a command: its fields, who gives it, and where the community's clocks are."""

    args: Mapping[str, Any]
    actor_id: UUID | None
    zone: tzinfo

    def get(self, name: str) -> Any:
        return self.args.get(name)

    def __getitem__(self, name: str) -> Any:
        return self.args[name]

    def local(self, at: datetime) -> str:
        """A time as a refusal names it."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"


_Effect = Callable[[Facts, datetime, _Given], Facts]


def _earliest(field: str) -> _Effect:
    """The earliest proof counts; a later one told afterwards changes nothing and is refused."""

    def effect(facts: Facts, at: datetime, given: _Given) -> Facts:
        known: datetime | None = getattr(facts, field)
        if known is not None and at >= known:
            raise AlreadyRecorded(at=given.local(known))
        proof: dict[str, Any] = {field: at}
        return replace(facts, **proof)

    return effect


def _plan(facts: Facts, at: datetime, given: _Given) -> Facts:
    return replace(_earliest("plan_sent_at")(facts, at, given), plan_text=given.get("text"))


def _dispatch(facts: Facts, at: datetime, given: _Given) -> Facts:
    assignee, department = given.get("assignee_id"), given.get("department")
    return replace(
        facts,
        # row: C-004, C-011, D-045 a case is given to a person
        assignee_id=assignee or facts.assignee_id,
        department=department or facts.department,
        dispatched_at=min(at, facts.dispatched_at or at),
    )


def _classify(facts: Facts, at: datetime, given: _Given) -> Facts:
    classed = {k: given[k] for k in ("urgency", "complex", "major") if given.get(k) is not None}
    if not classed:
        raise TicketInvalid(
            fields=[FieldError("urgency", "请至少给出一项归类", "Name at least one of urgency, complex, major")]
        )
    return replace(facts, **classed)


def _deadline(facts: Facts, at: datetime, given: _Given) -> Facts:
    if not facts.complex:
        raise NotComplex()
    if facts.deadline is not None:
        raise DeadlineAgreed(deadline=given.local(facts.deadline))
    deadline: datetime = given["deadline"].replace(microsecond=0)
    if deadline <= at:
        raise TicketInvalid(
            fields=[FieldError("deadline", "解决时限须晚于约定之时", "The deadline must lie after its agreement")]
        )
    return replace(facts, deadline=deadline, deadline_set_at=at)


def _note(facts: Facts, at: datetime, given: _Given) -> Facts:
    return facts


def _follow_up(facts: Facts, at: datetime, given: _Given) -> Facts:
    # What an owner adds is no follow-up of ours.
    return facts if given.get("by_owner") else replace(facts, followed_up_at=min(at, facts.followed_up_at or at))


def _validity(facts: Facts, at: datetime, given: _Given) -> Facts:
    return replace(facts, valid=given["valid"])


def _complete(facts: Facts, at: datetime, given: _Given) -> Facts:
    # A receptionist types in what the engineer's slip says: the engineer handled it.
    handler = given.get("handler_id") or facts.assignee_id or given.actor_id
    # row: C-024, AMB-087 handled when the department says it was
    return replace(facts, completed_at=at, result=given.get("result"), handler_id=handler)


def _sign(facts: Facts, at: datetime, given: _Given) -> Facts:
    return replace(facts, signed_at=at, closed_at=at)


def _rate(facts: Facts, at: datetime, given: _Given) -> Facts:
    if facts.rating is not None:
        raise AlreadyRated(score=facts.rating)
    score: int = given["score"]
    return replace(facts, rating=score, satisfied=satisfied(score), rated_at=at)


def _reopen(facts: Facts, at: datetime, given: _Given) -> Facts:
    return replace(
        facts,
        rounds=facts.rounds + 1,
        completed_at=None,
        result=None,
        rating=None,
        satisfied=None,
        rated_at=None,
        signed_at=None,
        closed_at=None,
    )


def _cancel(facts: Facts, at: datetime, given: _Given) -> Facts:
    return replace(facts, cancelled_at=at)


def _close(facts: Facts, at: datetime, given: _Given) -> Facts:
    return replace(facts, closed_at=at)


_EFFECTS: Final[Mapping[str, _Effect]] = {
    "respond": _earliest("responded_at"),
    "dispatch": _dispatch,
    "arrive": _earliest("arrived_at"),
    "plan": _plan,
    "classify": _classify,
    "set-deadline": _deadline,
    "follow-up-note": _follow_up,
    "pause": _note,
    "resume": _note,
    "propose-validity": _note,
    "rule-validity": _validity,
    "complete": _complete,
    "sign": _sign,
    "refuse-signature": _reopen,
    "rate": _rate,
    "reopen": _reopen,
    "cancel": _cancel,
    "close": _close,
    "decide-unsigned": _close,
}
