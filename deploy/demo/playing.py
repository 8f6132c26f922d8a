"""The play itself: stop by stop of the simulated clock, then the scorecard."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psutil

from deploy.demo.acts import Acts
from deploy.demo.client import Api
from deploy.demo.drawer import cash_up
from deploy.demo.making.calendar import ZONE
from deploy.demo.making.homes import Home
from deploy.demo.people import Tokens
from deploy.demo.phones import Phones, introduce
from deploy.demo.plan import Plan
from deploy.demo.registering import Desk, register
from deploy.demo.sink import Sink
from deploy.demo.verdict import TEMPLATE, Verdict, freeze, judge
from deploy.local.clockwork import Clockwork
from deploy.local.folder import DataFolder
from shared.settings import SERVICES

if TYPE_CHECKING:
    from deploy.demo.report import Stage

# Timers that fall due between two stops fire at their own times whatever the step; fewer pauses save waiting.
STEP = timedelta(hours=12)


async def play(
    folder: DataFolder,
    state: Mapping[str, Any],
    plan: Plan,
    sink: Sink,
    stage: Stage,
    *,
    api: Api | None = None,
    disturbed: bool = False,
    phones: Phones | None = None,
) -> dict[str, Any]:
    """Play a plan on a stack that runs; the report, without its time. Raises Refused, WrongTotal,
    NotReady.

    `api`: a client of the caller's own. `disturbed`: somebody kills processes meanwhile, so that of an e-mail
    under way notify may not know whether it came. `phones`: the providers of text messages and of messages to staff, if
    the stack was told of them.
    """
    tokens = Tokens(folder)
    api = api or Api(state["gateway"], stage.advance)
    try:
        if phones is not None:
            phones.sms.begin(state)
        async with Clockwork(state, lambda: 0 if phones is None else phones.under_way) as clockwork:
            clockwork.clock.stand()
            await clockwork.to(plan.stops[0])
            stage.say("登记小区、房屋、业主和档案 · the register")
            with stage.timed("register"):
                community = await register(api, tokens, plan)
                await clockwork.quiet()
            desk = Desk(tokens, community)
            if phones is not None:
                await introduce(api, desk, community)
            acts = Acts(api, desk, community, plan)
            stage.expect(acts.size)
            for stop in plan.stops:
                stage.say(f"{stop.astimezone(ZONE):%Y-%m-%d %H:%M}")
                with stage.timed("clock"):
                    await clockwork.to(stop, STEP)
                if acts.first[stop]:
                    with stage.timed("runs"):
                        for chain in acts.first[stop]:
                            await chain()
                        await clockwork.quiet()
                with stage.timed("requests"):
                    await api.together(acts.then[stop])
                    await cash_up(api, desk, community)
            stage.say("计分 · the scorecard")
            with stage.timed("score"):
                await clockwork.quiet()
                verdict = await freeze(api, desk, community, plan)
                await clockwork.quiet()
            report = await _report(api, desk, acts, verdict, sink, plan.homes, phones)
            report["memory_mb"] = memory(state)
        judge(verdict, plan, acts.done.tickets, sink, disturbed=disturbed, phones=phones)
        return report
    finally:
        await api.close()


def memory(state: Mapping[str, Any]) -> int:
    """Megabytes (PSS) of all processes of the stack together, shared pages counted once."""
    stack = psutil.Process(int(state["pid"]))
    total = 0
    for process in (stack, *stack.children(recursive=True)):
        with suppress(psutil.Error):
            total += process.memory_full_info().pss
    return round(total / 1e6)


async def _report(
    api: Api,
    desk: Desk,
    acts: Acts,
    verdict: Verdict,
    sink: Sink,
    homes: tuple[Home, ...],
    phones: Phones | None,
) -> dict[str, Any]:
    finance, ops = desk.staff("finance"), desk.staff("admin")
    runs = [await api.get(f"/billing/v1/billing-runs/{run}", finance) for run in acts.done.runs]
    survey = await api.get(f"/ticketing/v1/surveys/{acts.done.survey}", desk.staff("supervisor"))
    heads = [await api.get(f"/{s}/v1/changes", ops, {"after": 0, "limit": 1}) for s in SERVICES]
    card = verdict.scorecard
    late = []
    for case in verdict.cases:
        if case["missed_clocks"]:
            ticket = await api.get(f"/ticketing/v1/tickets/{case['subject_id']}", ops)
            late.append({"number": ticket["number"], "clocks": case["missed_clocks"]})
    return {
        "scorecards": [
            {
                "template": TEMPLATE,
                "period": card["period"],
                "total": card["total"],
                "sections": [
                    {"section": s["section"], "points": s["points"], "maximum": s["maximum"]} for s in card["sections"]
                ],
                "evidence_url": f"{api.gateway}/kpi/v1/scorecards/{card['id']}/evidence",
            }
        ],
        "counts": {
            "requests": api.requests,
            "units": len(homes),
            "tickets": len(acts.done.tickets),
            "bills": sum(run["billed"] for run in runs),
            "payments": acts.done.payments,
            "survey_answers": survey["answer_count"],
            "messages": {
                "email": sink.received,
                "sms": 0 if phones is None else len(phones.sms.taken),
                "wecom": 0 if phones is None else len(phones.wecom.taken),
                "inbox": verdict.messages["messages"],
            },
            "events": sum(int(head["head"]) for head in heads),
        },
        "late_complaints": late,
        "gateway": api.gateway,
    }
