"""What people do at each stop of the clock, as chains of requests: one after another inside, side by side
outside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from deploy.demo.client import Api, Refused
from deploy.demo.making.archives import Check
from deploy.demo.making.calendar import (
    MONTHS,
    PERIOD,
    RUNS,
    SURVEY_CLOSES,
    SURVEY_OPENS,
    ZONE,
    local,
)
from deploy.demo.making.payments import Payment
from deploy.demo.making.tickets import Case, Moment
from deploy.demo.plan import Plan
from deploy.demo.registering import Community, Desk

Chain = Callable[[], Awaitable[Any]]
DIMENSIONS = (
    "service_attitude",
    "repair_timeliness",
    "environment_cleanliness",
    "greening",
    "security",
    "facility_upkeep",
    "communication",
    "community_activities",
)
CHECK_CHUNK = 500


def stamp(at: datetime) -> str:
    """An instant on the wire."""
    return at.isoformat().replace("+00:00", "Z")


def yuan(fen: int) -> dict[str, str]:
    """Money on the wire."""
    return {"amount": f"{fen // 100}.{fen % 100:02d}", "currency": "CNY"}


@dataclass
class Progress:
    """What has been made so far: our ids of the plan's cases, and counts for the report."""

    tickets: dict[str, UUID] = field(default_factory=dict)
    survey: UUID | None = None
    payments: int = 0
    runs: list[UUID] = field(default_factory=list)


class Acts:
    """The plan as chains of requests by stop. `first` go before all others of their stop."""

    def __init__(self, api: Api, desk: Desk, community: Community, plan: Plan) -> None:
        self.api = api
        self.desk = desk
        self.community = community
        self.plan = plan
        self.done = Progress()
        self.first: dict[datetime, list[Chain]] = defaultdict(list)
        self.then: dict[datetime, list[Chain]] = defaultdict(list)
        self._schedule()

    @property
    def size(self) -> int:
        """Roughly how many requests the whole plan takes, for the progress bar."""
        moments = sum(len(case.moments) for case in (*self.plan.complaints, *self.plan.repairs))
        answers = len(self.plan.answers) + len(self.plan.first_answers)
        return moments + answers + len(self.plan.payments) + 60

    # --- when

    def _schedule(self) -> None:
        plan = self.plan
        stops = plan.stops
        self.first[stops[0]].append(self._standards)
        for month, day in zip(MONTHS, RUNS, strict=True):
            self.first[self._at(day)].append(lambda month=month: self._run(month))  # type: ignore[misc]
        for payment in plan.payments:
            self.then[self._at(payment.value_date)].append(lambda p=payment: self._pay(p))  # type: ignore[misc]
        for case in (*plan.complaints, *plan.repairs):
            by_stop: dict[datetime, list[Moment]] = defaultdict(list)
            for moment in case.moments:
                by_stop[moment.at].append(moment)
            for at, moments in by_stop.items():
                self.then[at].append(lambda c=case, m=moments: self._moments(c, m))  # type: ignore[misc]
        for check in plan.checks:
            self.then[self._at(check.day)].append(lambda c=check: self._check(c))  # type: ignore[misc]
        self._schedule_survey(stops)

    def _schedule_survey(self, stops: tuple[datetime, ...]) -> None:
        opens = local(SURVEY_OPENS, 9)
        self.first[opens].append(self._open_survey)
        answering = [at for at in stops if opens < at < local(SURVEY_CLOSES, 18)]
        early, late = answering[0], answering[1:]
        for home, marks in self.plan.first_answers.items():
            self.then[early].append(lambda h=home, m=marks: self._answer(h, m, "first"))  # type: ignore[misc]
        for n, (home, marks) in enumerate(self.plan.answers.items()):
            self.then[late[n % len(late)]].append(lambda h=home, m=marks: self._answer(h, m, "last"))  # type: ignore[misc]

    def _at(self, day: date) -> datetime:
        """The first stop on or after a local day."""
        return next(at for at in self.plan.stops if at.astimezone(ZONE).date() >= day)

    # --- what

    async def _standards(self) -> None:
        first, second = self.plan.targets.rates
        days = (date(2025, 1, 1), date(2025, 2, 1))
        for rate, since, until in ((first, days[0], date(2025, 1, 31)), (second, days[1], None)):
            await self.api.post(
                "/billing/v1/charge-standards",
                self.desk.staff("finance"),
                {
                    "community_id": str(self.community.id),
                    "code": "property",
                    "name": "物业服务费",
                    "rule": "area",
                    "fee_kind": "property",
                    "effective_from": since,
                    "effective_to": until,
                    "params": {"rate": f"{rate // 100}.{rate % 100:02d}"},
                    "due_day": 25,
                },
                f"standard-{since}",
            )

    async def _run(self, month: str) -> None:
        answer = await self.api.post(
            "/billing/v1/billing-runs",
            self.desk.staff("finance"),
            {"community_id": str(self.community.id), "standard_code": "property", "period": month},
            f"run-{month}",
        )
        self.done.runs.append(UUID(answer["id"]))

    async def _pay(self, payment: Payment) -> None:
        await self.api.post(
            "/billing/v1/payments",
            self.desk.staff("clerk" if payment.method == "cash" else "finance"),  # cash goes into the desk's drawer
            {
                "community_id": str(self.community.id),
                "unit_id": str(self.community.units[payment.home]),
                "payer_id": str(self.community.owners[payment.home]),
                "method": payment.method,
                "amount": yuan(payment.amount),
                "value_date": payment.value_date,
                "reference": payment.reference,
            },
            f"pay-{payment.reference}",
        )
        self.done.payments += 1

    async def _check(self, check: Check) -> None:
        homes = [home.index for home in self.plan.homes]
        for start in range(0, len(homes), CHECK_CHUNK):
            answer = await self.api.post(
                "/ticketing/v1/archive-checks",
                self.desk.staff("supervisor"),
                {
                    "community_id": str(self.community.id),
                    "month": check.month,
                    "items": [
                        {
                            "unit_id": str(self.community.units[home]),
                            "complete": home not in check.incomplete,
                            "up_to_date": home not in check.outdated,
                            "missing": list(check.incomplete.get(home, ())),
                        }
                        for home in homes[start : start + CHECK_CHUNK]
                    ],
                },
                f"check-{check.month}-{start}",
            )
            if answer["errors"]:
                first = answer["errors"][0]
                raise Refused(f"档案核查有误：{first}", f"An archive check was not taken whole: {first}")

    async def _open_survey(self) -> None:
        supervisor = self.desk.staff("supervisor")
        made = await self.api.post(
            "/ticketing/v1/surveys",
            supervisor,
            {
                "community_id": str(self.community.id),
                "period": PERIOD,
                "title": "2025年第一季度业主满意度调查",
                "dimensions": list(DIMENSIONS),
                "closes_at": stamp(local(SURVEY_CLOSES, 18)),
            },
            "survey",
        )
        self.done.survey = UUID(made["id"])
        await self.api.post(f"/ticketing/v1/surveys/{made['id']}/open", supervisor, {}, "survey-open")

    async def _answer(self, home: int, marks: tuple[int, ...], which: str) -> None:
        await self.api.post(
            f"/ticketing/v1/surveys/{self.done.survey}/answers",
            self.desk.owner(home),
            {
                "unit_id": str(self.community.units[home]),
                "marks": dict(zip(DIMENSIONS, marks, strict=True)),
            },
            f"answer-{home}-{which}",
        )

    async def _moments(self, case: Case, moments: list[Moment]) -> None:
        for moment in moments:
            await self._moment(case, moment)

    async def _moment(self, case: Case, moment: Moment) -> None:
        told: dict[str, Any] = {"occurred_at": stamp(moment.occurred_at)}
        if "late_reason" in moment.fields:
            told["late_reason"] = moment.fields["late_reason"]
        key = f"{case.key}-{moment.what}"
        if moment.what == "create":
            await self._create(case, told, key)
            return
        ticket = self.done.tickets[case.key]
        if moment.what == "revisit":
            await self._call_back(ticket, {**told, **moment.fields}, key)
            return
        who, body = self._command(case, moment)
        await self.api.post(f"/ticketing/v1/tickets/{ticket}/{moment.what}", who, {**body, **told}, key)

    async def _create(self, case: Case, told: dict[str, Any], key: str) -> None:
        # Two of three come by the owners' own app, the rest by phone to the desk.
        by_phone = int(case.key[1:]) % 3 == 0
        made = await self.api.post(
            "/ticketing/v1/tickets",
            self.desk.staff("clerk") if by_phone else self.desk.owner(case.home),
            {
                "community_id": str(self.community.id),
                "kind": case.kind,
                "unit_id": str(self.community.units[case.home]),
                "summary": case.summary,
                "urgency": "urgent" if case.urgent else "normal",
                "channel": "phone" if by_phone else "app",
                **told,
            },
            key,
        )
        self.done.tickets[case.key] = UUID(made["id"])

    async def _call_back(self, ticket: UUID, told: dict[str, Any], key: str) -> None:
        caller = self.desk.staff("caller")
        due = await self.api.get(
            "/ticketing/v1/revisits", caller, {"ticket_id": str(ticket), "state": "due", "limit": 1}
        )
        await self.api.post(
            f"/ticketing/v1/revisits/{due['items'][0]['id']}/attempts",
            caller,
            {"outcome": "reached", "channel": "phone", **told},
            key,
        )

    def _command(self, case: Case, moment: Moment) -> tuple[str, dict[str, Any]]:
        """Who tells a moment, and what they say."""
        desk = self.desk
        owner = self.plan.homes[case.home].owner
        match moment.what:
            case "respond":
                return desk.staff("clerk"), {"note": "已致电业主了解情况", "channel": "phone"}
            case "dispatch":
                assignee = str(self.community.staff["engineer"])
                return desk.staff("clerk"), {"assignee_id": assignee, "department": "engineering"}
            case "arrive":
                return desk.staff("engineer"), {"place": "业主家中", "finding": "情况属实"}
            case "plan":
                return desk.staff("supervisor"), {"text": "当日安排人员处理，完成后回访"}
            case "classify":
                return desk.staff("supervisor"), {"complex": True}
            case "set-deadline":
                return desk.staff("supervisor"), {"deadline": stamp(moment.fields["deadline"])}
            case "complete":
                return desk.staff("engineer"), {"result": "已处理完毕"}
            case "sign":
                return desk.owner(case.home), {"signer_name": owner, "method": "app"}
            case "rate":
                return desk.owner(case.home), {"score": moment.fields["score"]}
        raise AssertionError(f"the plan has no moment {moment.what}")


__all__ = ["Acts", "Chain", "Progress", "stamp", "yuan"]
