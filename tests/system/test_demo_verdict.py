"""The demo's verdict: the right scorecard passes, and every kind of wrong one is named."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.demo.acts import yuan
from deploy.demo.making.targets import DEFAULT_SEED
from deploy.demo.phones import Phones, Reporting
from deploy.demo.plan import Plan, make_plan
from deploy.demo.sink import Sink, message_id
from deploy.demo.verdict import Verdict, WrongTotal, judge
from deploy.simulators.sms import Taken
from deploy.simulators.staff_chat import WeComChat

PLAN = make_plan(DEFAULT_SEED)
TICKETS = {case.key: uuid4() for case in PLAN.complaints}


def sink(mails: int = 3, repeated: int = 0) -> Sink:
    found = Sink(Path("nowhere"))
    found.received = mails
    found.ids = Counter({f"<{n}>": 2 if n < repeated else 1 for n in range(mails)})
    return found


def right(plan: Plan = PLAN, tickets: dict[str, UUID] = TICKETS) -> Verdict:
    return Verdict(
        scorecard={
            "total": plan.expected_total,
            "sections": [{"section": code, "points": points} for code, points in plan.expected.items()],
        },
        cases=[
            {"subject_id": str(tickets[case.key]), "missed_clocks": [case.late] if case.late else []}
            for case in plan.complaints
        ],
        collection={"numerator": yuan(plan.settled), "denominator": yuan(plan.billed)},
        messages={"messages": 10, "items": [{"channel": "email", "state": "sent", "count": 3}]},
    )


def phones(*, sent: int = 4, twice: int = 0, over_wecom: int = 2) -> Phones:
    """Providers that took so many messages; `twice` of the text messages came a second time."""
    sms, wecom = Reporting("token"), WeComChat()
    echoes = [*range(sent), *range(twice)]
    sms.taken = [Taken("13800138000", "SMS_ZH_1", {}, "翠溪物业", f"echo-{n}", f"biz-{n}") for n in echoes]
    wecom.taken = [("demo-clerk", "…")] * over_wecom
    return Phones(sms, wecom, {})


def with_phones(sms: dict[str, int], wecom: dict[str, int]) -> Verdict:
    found = right()
    for channel, states in (("sms", sms), ("wecom", wecom)):
        found.messages["items"] += [{"channel": channel, "state": s, "count": n} for s, n in states.items()]
    return found


def test_text_messages_came_once_each_with_their_reports_and_staff_were_told() -> None:
    judge(with_phones({"delivered": 4}, {"sent": 2}), PLAN, TICKETS, sink(), phones=phones())


@pytest.mark.parametrize(
    ("verdict", "took", "says"),
    [
        (with_phones({"sent": 1, "delivered": 3}, {"sent": 2}), phones(), "text messages, by what was reported"),
        (with_phones({"delivered": 5}, {"sent": 2}), phones(twice=1), "text messages that came twice"),
        (with_phones({"delivered": 4}, {"sent": 1, "failed": 1}), phones(), "messages over WeCom"),
        (with_phones({"delivered": 4}, {"sent": 2}), None, "text messages"),
    ],
)
def test_a_text_message_without_its_report_or_twice_is_named(
    verdict: Verdict, took: Phones | None, says: str
) -> None:
    with pytest.raises(WrongTotal, match=says):
        judge(verdict, PLAN, TICKETS, sink(), phones=took)


def test_the_right_scorecard_passes() -> None:
    judge(right(), PLAN, TICKETS, sink())


def _total(verdict: Any) -> None:
    verdict.scorecard["total"] = "57.31"


def _section(verdict: Any) -> None:
    verdict.scorecard["sections"][0]["points"] = "17.50"


def _money(verdict: Any) -> None:
    verdict.collection["numerator"] = yuan(109_250_001)


def _evidence(verdict: Any) -> None:
    verdict.cases.pop()


def _wrong_clock(verdict: Any) -> None:
    next(c for c in verdict.cases if c["missed_clocks"])["missed_clocks"] = ["complaint.signoff"]


def _mail(verdict: Any) -> None:
    verdict.messages["items"][0]["count"] = 4


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (_total, "total: 57.31 != 57.30"),
        (_section, "complaints: 17.50 != 12.50"),
        (_money, "collected"),
        (_evidence, "complaints in evidence: 39 != 40"),
        (_wrong_clock, "late complaints"),
        (_mail, "e-mails"),
    ],
)
def test_a_wrong_digit_fails_the_command_and_is_named(spoil: Any, named: str) -> None:
    verdict = deepcopy(right())
    spoil(verdict)
    with pytest.raises(WrongTotal, match=named.split(":")[0]) as wrong:
        judge(verdict, PLAN, TICKETS, sink())
    assert named in wrong.value.en
    assert wrong.value.exit_code != 0


def test_a_mail_that_came_twice_is_named() -> None:
    with pytest.raises(WrongTotal, match="twice"):
        judge(right(), PLAN, TICKETS, sink(repeated=1))


def test_a_mail_is_known_by_its_message_id() -> None:
    assert message_id(b"From: a\r\nMessage-ID: <x@y>\r\n\r\nMessage-ID: <body>") == "<x@y>"
    assert message_id(b"From: a\r\n\r\nMessage-ID: <body>") == ""


@pytest.mark.parametrize(("came", "fine"), [(2, False), (3, True), (4, True), (5, False)])
def test_where_workers_were_killed_an_unknown_mail_came_or_did_not(came: int, fine: bool) -> None:
    verdict = right()
    verdict.messages["items"].append({"channel": "email", "state": "unknown", "count": 1})
    with nullcontext() if fine else pytest.raises(WrongTotal, match="e-mails"):
        judge(verdict, PLAN, TICKETS, sink(came), disturbed=True)
    with pytest.raises(WrongTotal, match="e-mails"):
        judge(verdict, PLAN, TICKETS, sink(came))
