"""Renovation violations: stopped, told in writing, reported, rectified, looked at by somebody else (C-097 … C-101)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args, get_type_hints
from uuid import uuid4

import pytest

from services.ticketing.domain.clocks import due_of
from services.ticketing.domain.commands import apply, next_state
from services.ticketing.domain.consequence_errors import NoticeOwed
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import clock_specs, kinds
from services.ticketing.domain.ticket_errors import NotNow, OwnCase, TicketInvalid
from tests.ticketing.domain.play import RECEIVED

KIND = kinds()["renovation_violation"]
H = timedelta(hours=1)


def case(state: str = "found", violation: str = "structure", **known: Any) -> Facts:
    return Facts(state, RECEIVED, fields={"violation": violation, **known})


def finish(facts: Facts) -> Facts:
    return apply(KIND, facts, "finish", RECEIVED + 9 * H, {}, actor_id=uuid4())


def test_c097_the_serious_classes() -> None:
    classes = set(get_args(get_type_hints(KIND.fields)["violation"]))
    assert classes == {"structure", "appearance", "neighbours", "public_interest", "minor"}


def test_c099_who_stops_it_on_the_spot_leaves_when_and_with_what_effect() -> None:
    stopped = apply(KIND, case(), "stop", RECEIVED + H, {"done_on_site": "责令停工", "effective": False})
    assert (stopped.state, stopped.time("stopped_at"), stopped.fields["effective"]) == ("stopped", RECEIVED + H, False)


def test_c100_b035_no_serious_case_ends_without_the_notice_in_writing() -> None:
    done = case("verified", effective=True)
    with pytest.raises(NoticeOwed):
        finish(done)
    assert finish(case("verified", effective=True, notice_at=RECEIVED.isoformat())).state == "closed"
    assert finish(case("verified", "minor", effective=False)).state == "closed"


def test_c101_b035_nor_without_the_report_where_stopping_it_had_no_effect() -> None:
    told = case("verified", effective=False, notice_at=RECEIVED.isoformat())
    with pytest.raises(NoticeOwed):
        finish(told)
    fields = {**told.fields, "authority_told_at": RECEIVED.isoformat()}
    assert finish(replace(told, fields=fields)).state == "closed"


def test_c098_rectified_by_the_day_of_the_notice_and_looked_at_by_somebody_else() -> None:
    given = {"addressee": "业主", "demand": "恢复", "deadline": RECEIVED + 72 * H}
    noticed = apply(KIND, case("stopped"), "notify", RECEIVED + H, given)
    assert due_of(clock_specs()["violation.renovation.rectified"], noticed) == RECEIVED + 72 * H
    with pytest.raises(TicketInvalid):
        apply(KIND, case("stopped"), "notify", RECEIVED + H, {**given, "deadline": RECEIVED})
    with pytest.raises(NotNow):
        next_state(KIND, "noticed", "finish")
    me = uuid4()
    rectified = replace(case("rectified"), handler_id=me)
    with pytest.raises(OwnCase):
        apply(KIND, rectified, "verify", RECEIVED + 9 * H, {}, actor_id=me)
    assert apply(KIND, rectified, "verify", RECEIVED + 9 * H, {}, actor_id=uuid4()).state == "verified"
