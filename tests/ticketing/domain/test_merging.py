"""What may be merged: never so that a promise falls away that nobody else keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from services.ticketing.domain.clocks import Clock
from services.ticketing.domain.merging import ALIKE, Standing, check, likeness, text_words
from services.ticketing.domain.ticket_errors import NotMergeable
from tests.ticketing.cases import NOON, H, M

UNIT, PERSON, COMMUNITY = uuid4(), uuid4(), uuid4()


def clock(code: str, due: timedelta, state: str = "running") -> Clock:
    return Clock(code, NOON, NOON + due, state)  # type: ignore[arg-type]  # one of the states


MAIN = Standing(
    uuid4(),
    "complaint",
    COMMUNITY,
    UNIT,
    PERSON,
    NOON,
    ended=False,
    merged=False,
    has_duplicates=True,
    clocks={"plan": clock("plan", 24 * H), "response": clock("response", 10 * M, "met")},
)
DUPLICATE = replace(
    MAIN,
    id=uuid4(),
    received_at=NOON + H,
    has_duplicates=False,
    clocks={"plan": clock("plan", 25 * H), "response": clock("response", 70 * M, "met")},
)


def test_the_same_household_s_later_report_may_be_merged() -> None:
    check(DUPLICATE, MAIN)
    check(replace(DUPLICATE, received_at=NOON), MAIN)
    # A missed promise stays on its own row, so it hinders nothing.
    check(replace(DUPLICATE, clocks={"response": clock("response", 70 * M, "breached")}), MAIN)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kind": "repair"}, "kinds"),
        ({"community_id": uuid4()}, "communities"),
        ({"unit_id": uuid4()}, "household"),
        ({"unit_id": None}, "household"),
        ({"ended": True}, "ended"),
        ({"has_duplicates": True}, "others were merged"),
        ({"received_at": NOON - M}, "received first"),
        ({"clocks": {"response": clock("response", 70 * M)}}, "promise"),  # the main one's is kept: not this answer
        ({"clocks": {"onsite": clock("onsite", 30 * M)}}, "promise"),  # the main one has none such
        ({"clocks": {"plan": clock("plan", 23 * H)}}, "promise"),  # the main one's ends later
    ],
)
def test_a_merge_is_refused_where_something_would_fall_away(change: dict[str, object], why: str) -> None:
    with pytest.raises(NotMergeable, match=why):
        check(replace(DUPLICATE, **change), MAIN)  # type: ignore[arg-type]  # fields of the case


@pytest.mark.parametrize("change", [{"ended": True}, {"merged": True}])
def test_the_main_case_must_be_alive(change: dict[str, bool]) -> None:
    with pytest.raises(NotMergeable, match="main case has ended"):
        check(DUPLICATE, replace(MAIN, **change))  # type: ignore[arg-type]  # fields of the case


def test_without_a_unit_the_person_has_to_be_the_same() -> None:
    main, same = replace(MAIN, unit_id=None), replace(DUPLICATE, unit_id=None)
    check(same, main)
    for other in (uuid4(), None):
        with pytest.raises(NotMergeable, match="household"):
            check(replace(same, reporter_id=other), replace(main, reporter_id=other and PERSON))


def test_texts_are_alike_by_the_words_they_share() -> None:
    one, other = text_words("厨房水管漏水", None), text_words("厨房水管又漏水了", None)
    assert ALIKE <= likeness(one, other) < 1
    assert likeness(one, text_words("电梯噪音", None)) == 0 == likeness([], [])
