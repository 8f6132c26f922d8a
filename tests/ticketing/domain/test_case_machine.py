"""Any sequence of commands and waits: what must hold of every case, whatever people do to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.ticketing.domain.action_names import ACTIONS
from services.ticketing.domain.kind import Step, kinds
from shared.errors import AppError
from tests.ticketing.domain.play import RECEIVED, Case

_ARGS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "classify": st.fixed_dictionaries(
        {},
        optional={"urgency": st.sampled_from(["normal", "urgent"]), "complex": st.booleans()},
    ),
    "set-deadline": st.integers(1, 400_000).map(lambda s: {"deadline_after": timedelta(seconds=s)}),
    "rate": st.integers(0, 100).map(lambda s: {"score": s}),
    "rule-validity": st.booleans().map(lambda v: {"valid": v}),
}

# What one kind alone knows wants fields of its own; those are walked in tests/ticketing/kinds.
DEEDS = {deed.code for kind in kinds().values() for deed in kind.deeds}
commands = st.sampled_from(sorted(set(ACTIONS) - {"create", "revisit", "close"} - DEEDS)).flatmap(
    lambda action: st.tuples(
        st.just(action),
        st.integers(0, 90_000),  # seconds since the last command was told
        st.integers(0, 90_000),  # seconds it is told late
        _ARGS.get(action, st.just({})),
    )
)


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(sorted(kinds())),
    urgency=st.sampled_from(["normal", "urgent"]),
    history=st.lists(commands, max_size=14),
)
def test_a_case_stays_whole_whatever_is_done(kind: str, urgency: str, history: list[Any]) -> None:
    case = Case.taken_in(kinds()[kind], urgency=urgency)
    told = timedelta()
    for action, wait, late, args in history:
        told += timedelta(seconds=wait)
        before, clocks = case.facts, dict(case.clocks)
        try:
            case.do(Step(action, max(told - timedelta(seconds=late), timedelta()), told, args))
        except AppError as refused:
            assert refused.status in (403, 409, 422) and "{" not in refused.sentence("zh") + refused.sentence("en")
            assert case.facts == before or case.facts.state in ("closed", before.state)  # timers may have closed it
        for code, clock in case.clocks.items():
            old = clocks.get(code)
            if old is not None and old.state in ("met", "withdrawn"):
                assert clock == old, "what was kept stays kept"
            if clock.state in ("met", "withdrawn"):
                assert clock.met_at is not None and clock.met_at <= clock.due_at
            if clock.state == "breached":
                assert clock.breached_at is not None
                assert clock.met_at is None or clock.met_at > clock.due_at
            if clock.state == "running":
                assert RECEIVED + told <= clock.due_at
        if case.facts.state == "closed" and kind == "complaint":
            assert case.facts.signed_at is not None
        assert (case.facts.state == "closed") == (case.facts.closed_at is not None)
        assert (case.facts.state == "cancelled") == case.facts.cancelled
    breaches = sum(1 for _, c in case.changes if c.what == "breached")
    withdrawn = sum(1 for _, c in case.changes if c.what == "breach_withdrawn")
    standing = sum(c.state == "breached" for c in case.clocks.values())
    assert breaches - withdrawn == standing, "each breach stands or was withdrawn by an event"
