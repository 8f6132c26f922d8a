"""A statement against the books: every difference has a kind, and what agrees is counted."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.domain.reconciliation import Ours, Theirs, compare

ID = UUID(int=1)


def own(reference: str | None = "A", fen: int = 100, reversed: bool = False, refunded: int = 0) -> Ours:
    return Ours(ID, reference, fen, reversed, refunded)


@pytest.mark.parametrize(
    ("ours", "theirs", "kinds", "matched"),
    [
        ([own()], [Theirs("payment", "A", 100)], [], 1),
        ([own()], [Theirs("payment", "A", 60), Theirs("payment", "A", 40)], [], 1),
        ([own()], [], ["missing_there"], 0),
        ([own(None)], [], ["missing_there"], 0),
        ([], [Theirs("payment", "A", 100)], ["missing_here"], 0),
        ([own()], [Theirs("payment", "A", 99)], ["amount"], 0),
        ([own()], [Theirs("payment", "A", 100), Theirs("payment", "A", 100)], ["amount"], 0),  # paid twice there
        ([own(reversed=True)], [], [], 0),
        ([own(reversed=True)], [Theirs("payment", "A", 100)], ["status"], 0),
        ([own(refunded=30)], [Theirs("payment", "A", 100), Theirs("refund", "A", 30)], [], 1),
        ([own(refunded=30)], [Theirs("payment", "A", 100)], ["refund"], 0),
        ([own()], [Theirs("payment", "A", 100), Theirs("refund", "A", 30)], ["refund"], 0),
        ([], [Theirs("refund", "A", 30)], ["refund"], 0),
    ],
)
def test_each_difference_has_its_kind(ours: list[Ours], theirs: list[Theirs], kinds: list[str], matched: int) -> None:
    result = compare(ours, theirs)
    assert [d.kind for d in result.differences] == kinds
    assert (result.matched, result.matched_fen) == (matched, matched * 100)


@given(
    st.dictionaries(st.sampled_from("ABCDEF"), st.integers(1, 9)),
    st.dictionaries(st.sampled_from("ABCDEF"), st.integers(1, 9)),
)
def test_the_differences_are_all_the_money_between_the_sums(
    here: dict[str, int], there: dict[str, int]
) -> None:
    ours = [Ours(UUID(int=n), reference, fen, False, 0) for n, (reference, fen) in enumerate(here.items())]
    result = compare(ours, [Theirs("payment", reference, fen) for reference, fen in there.items()])
    between = sum((d.theirs_fen or 0) - (d.ours_fen or 0) for d in result.differences)
    assert sum(there.values()) - sum(here.values()) == between
    assert result.matched + sum(d.payment_id is not None for d in result.differences) == len(here)
