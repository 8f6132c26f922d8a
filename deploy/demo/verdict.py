"""The end: a letter, its scorecard, and whether each digit is what the plan said it would be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from deploy.demo.acts import yuan
from deploy.demo.client import Api
from deploy.demo.making.calendar import PERIOD
from deploy.demo.phones import Phones
from deploy.demo.plan import Plan
from deploy.demo.registering import Community, Desk
from deploy.demo.sink import Sink
from deploy.local.failures import Failure

TEMPLATE = "T003S"
TIMELINESS = "complaint.handling.timeliness.rate"


class WrongTotal(Failure):
    """The scorecard is not what the plan adds up to: a fault of the system, or of the demo."""

    exit_code = 20


@dataclass(frozen=True)
class Verdict:
    """The frozen scorecard and the cases of its complaint section, as the public API shows them."""

    scorecard: dict[str, Any]
    cases: list[dict[str, Any]]
    collection: dict[str, Any]
    messages: dict[str, Any]


async def freeze(api: Api, desk: Desk, community: Community, plan: Plan) -> Verdict:
    """Make the supervisor's letter, freeze its scorecard of the quarter, and read the evidence behind it."""
    gm = desk.staff("gm")
    letter = await api.post(
        "/kpi/v1/letters",
        gm,
        {
            "template": TEMPLATE,
            "community_id": str(community.id),
            "subject_id": str(community.staff["supervisor"]),
            "term": PERIOD[:4],
            "parameters": {},
        },
        "letter",
    )
    frozen = await api.post("/kpi/v1/scorecards", gm, {"letter_id": letter["id"], "period": PERIOD}, "scorecard")
    card = await api.get(f"/kpi/v1/scorecards/{frozen['id']}", gm)
    cases = await everything(api, f"/kpi/v1/scorecards/{frozen['id']}/evidence", gm, {"indicator": TIMELINESS})
    collection = await api.get(
        "/billing/v1/collection-rates", gm, {"community_id": str(community.id), "period": PERIOD}
    )
    messages = await api.get("/notify/v1/messages/statistics", gm)
    return Verdict(card, cases, collection, messages)


async def everything(api: Api, path: str, token: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = await api.get(path, token, {**params, "limit": 200, **({"cursor": cursor} if cursor else {})})
        found.extend(page["items"])
        cursor = page["next"]
        if cursor is None:
            return found


def judge(
    verdict: Verdict,
    plan: Plan,
    tickets: dict[str, UUID],
    sink: Sink,
    *,
    disturbed: bool = False,
    phones: Phones | None = None,
) -> None:
    """Raise WrongTotal with every difference between what came out and the plan; nothing where there is none.

    Also that each e-mail notify says it sent has come, and none twice; that each text message came once, and its report
    back; and that staff were told over WeCom what notify says they were. `disturbed`: where a worker was killed
    with mails in its hand, it says of those that it does not know, and each of them came or did not.
    """
    wrong: list[str] = []

    def compare(what: str, is_: object, planned: object) -> None:
        if is_ != planned:
            wrong.append(f"{what}: {is_} != {planned}")

    points = {s["section"]: s["points"] for s in verdict.scorecard["sections"]}
    for code, planned in plan.expected.items():
        compare(code, points.get(code), planned)
    compare("total", verdict.scorecard["total"], plan.expected_total)
    compare("collected", verdict.collection["numerator"], yuan(plan.settled))
    compare("billed", verdict.collection["denominator"], yuan(plan.billed))
    compare("complaints in evidence", len(verdict.cases), len(plan.complaints))
    late = {tickets[case.key]: case.late for case in plan.complaints if case.late}
    compare("late complaints", named_late(verdict.cases), {str(t): [clock] for t, clock in late.items()})
    sent = [n for n in verdict.messages["items"] if n["channel"] == "email"]
    states = {n["state"]: n["count"] for n in sent}
    unknown = states.pop("unknown", 0) if disturbed else 0
    came = min(max(sink.received, states.get("sent", 0)), states.get("sent", 0) + unknown)
    compare("e-mails", states | {"sent": came}, {"sent": sink.received})
    compare("e-mails that came twice", sink.repeated, [])
    texts = {n["state"]: n["count"] for n in verdict.messages["items"] if n["channel"] == "sms"}
    to_staff = {n["state"]: n["count"] for n in verdict.messages["items"] if n["channel"] == "wecom"}
    if phones is None:
        compare("text messages", texts, {})
    else:
        compare("text messages, by what was reported", texts, {"delivered": len(phones.sms.taken)})
        compare("text messages that came twice", phones.repeated, [])
        compare("messages over WeCom", to_staff, {"sent": len(phones.wecom.taken)} if phones.wecom.taken else {})
    if wrong:
        listed = "\n  ".join(wrong)
        raise WrongTotal(
            f"记分卡与计划不符（实际 != 计划）：\n  {listed}",
            f"The scorecard is not what was played (found != planned):\n  {listed}",
        )


def named_late(cases: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The late complaints that the evidence names, each with the clocks it missed."""
    return {str(case["subject_id"]): sorted(case["missed_clocks"]) for case in cases if case["missed_clocks"]}
