"""Each service alone: with ticketing stopped, billing bills and takes payments, kpi scores, notify sends.

One stack for the file. Ticketing is kept stopped by the hold file, as an operator would; the last tests let it return.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.demo.acts import yuan
from deploy.demo.client import Api, Refused
from deploy.demo.making.calendar import START, local
from deploy.demo.making.homes import Home, bill
from deploy.demo.people import Tokens
from deploy.demo.registering import Community, Desk, bulk, register
from deploy.demo.sink import Sink, mail_sink
from deploy.local import background
from deploy.local.clockwork import Clockwork
from deploy.local.folder import DataFolder
from deploy.local.options import Options
from deploy.local.ports import free_port
from deploy.local.process import wait_until
from deploy.local.readiness import fetch, not_ready
from shared.settings import SERVICES

pytestmark = pytest.mark.full

RATE = 235
OVER = 5_000
RATE_OF_COLLECTION = "fee.collection.quarter.rate"
OTHERS = ("billing", "kpi", "notify")
HOMES = tuple(
    Home(
        index=n,
        building=1,
        number=f"1-{n + 1}01",
        area=9350 + n,
        owner=f"王{n}",
        phone=f"1380000{n:04d}",
        email=f"owner{n}@example.com",
        locale="en" if n == 1 else "zh",
        occupied_from=date(2020, 6, 1),
        occupied_to=None,
    )
    for n in range(6)
)


@dataclass(frozen=True)
class Village:
    """Only the part of a plan that the register is made of."""

    homes: tuple[Home, ...] = HOMES


@dataclass
class Stack:
    """A small community on a running stack, its people, and the mail server they are written to at."""

    folder: DataFolder
    api: Api
    desk: Desk
    community: Community
    clockwork: Clockwork
    sink: Sink

    def pids(self) -> dict[str, int]:
        return dict(self.folder.state()["pids"])

    async def until(self, check: Callable[[], Any], seconds: float = 30.0) -> Any:
        """The first answer of `check` that is something; it may be awaitable."""
        end = time.monotonic() + seconds
        while True:
            found = check()
            if isinstance(found, Awaitable):
                found = await found
            if found:
                return found
            assert time.monotonic() < end, f"nothing within {seconds:.0f} s"
            await asyncio.sleep(0.1)

    async def hold(self, *services: str) -> None:
        """Keep these services stopped; all others run and are ready."""
        self.folder.hold(*services)
        names = {f"{service}-{part}" for service in SERVICES for part in ("api", "worker")}
        held = {name for name in names if name.split("-")[0] in services}
        await self.until(lambda: {name for name in names if not self.pids()[name]} == held)
        assert set(self.folder.state()["held"]) == held
        urls = {s: self.folder.state()["urls"][s] for s in SERVICES if s not in services}
        await asyncio.to_thread(wait_until, lambda: not not_ready(urls), 30.0, 0.1)
        assert not_ready(urls) == {}

    async def bill_month(self, month: str) -> dict[str, Any]:
        """Start a billing run and wait for its end."""
        finance = self.desk.staff("finance")
        body = {"community_id": str(self.community.id), "standard_code": "property", "period": month}
        started = await self.api.post("/billing/v1/billing-runs", finance, body, f"run-{month}")

        async def done() -> dict[str, Any] | None:
            run: dict[str, Any] = await self.api.get(f"/billing/v1/billing-runs/{started['id']}", finance)
            return run if run["state"] == "done" else None

        found: dict[str, Any] = await self.until(done)
        return found

    async def pay(self, home: int, fen: int, reference: str) -> dict[str, Any]:
        """A payment of a home's owner."""
        paid: dict[str, Any] = await self.api.post(
            "/billing/v1/payments",
            self.desk.staff("finance"),
            {
                "community_id": str(self.community.id),
                "unit_id": str(self.community.units[home]),
                "method": "cash",
                "amount": yuan(fen),
                "value_date": "2025-01-15",
                "reference": reference,
            },
            reference,
        )
        return paid

    async def january(self) -> dict[str, Any]:
        """January billed, and two homes' payments for it; asked again, it is the same. The run."""
        run = await self.bill_month("2025-01")
        await self.pay(0, bill(HOMES[0].area, RATE) + OVER, "alone-1")
        await self.pay(1, bill(HOMES[1].area, RATE), "alone-2")
        return run

    async def inbox(self, home: int) -> list[dict[str, Any]]:
        """What an owner has in the inbox."""
        page = await self.api.get("/notify/v1/inbox", self.desk.owner(home), {"limit": 100})
        items: list[dict[str, Any]] = page["items"]
        return items

    async def complain(self, home: int, key: str) -> UUID:
        """A complaint of an owner."""
        made = await self.api.post(
            "/ticketing/v1/tickets",
            self.desk.owner(home),
            {
                "community_id": str(self.community.id),
                "kind": "complaint",
                "unit_id": str(self.community.units[home]),
                "summary": "地下车库照明不亮",
                "urgency": "normal",
                "channel": "app",
            },
            key,
        )
        return UUID(made["id"])


@pytest.fixture(scope="module")
async def stack() -> AsyncIterator[Stack]:
    """A community with its register everywhere, a complaint, and the quarter over: then ticketing is stopped."""
    place = Path(tempfile.mkdtemp(prefix="steward-alone-"))
    place.chmod(0o711)
    folder = DataFolder(place / "data")
    async with AsyncExitStack() as open_:
        open_.callback(shutil.rmtree, place, ignore_errors=True)
        sink = await open_.enter_async_context(mail_sink(place / "mail"))
        options = Options(port=free_port(), simulated_clock=START - timedelta(minutes=30))
        env = {"STEWARD_NOTIFY_EMAIL_URL": sink.url, "STEWARD_DATABASE_URL": "", "STEWARD_REDIS_URL": ""}
        state = await asyncio.to_thread(background.start, folder.path, options, env)
        open_.callback(background.stop, folder.path)
        clockwork = await open_.enter_async_context(Clockwork(state))
        clockwork.clock.stand()
        tokens = Tokens(folder)
        api = Api(state["gateway"], patience=30.0)
        open_.push_async_callback(api.close)
        community = await register(api, tokens, Village())  # type: ignore[arg-type]  # it needs no more of a plan
        await clockwork.quiet()
        found = Stack(folder, api, Desk(tokens, community), community, clockwork, sink)
        await api.post(
            "/billing/v1/charge-standards",
            found.desk.staff("finance"),
            {
                "community_id": str(community.id),
                "code": "property",
                "name": "物业服务费",
                "rule": "area",
                "fee_kind": "property",
                "effective_from": "2025-01-01",
                "params": {"rate": f"{RATE // 100}.{RATE % 100:02d}"},
                "due_day": 25,
            },
            "standard",
        )
        await found.complain(5, "complaint")
        await clockwork.to(local(date(2025, 4, 3), 9))
        await found.hold("ticketing")
        yield found


async def test_ticketing_is_down_and_the_others_are_ready(stack: Stack) -> None:
    status, _ = await asyncio.to_thread(fetch, stack.api.gateway, "/ticketing/v1/communities", 10.0)
    assert status in (502, 503)
    assert stack.folder.state()["held"] == ["ticketing-api", "ticketing-worker"]
    await asyncio.sleep(3)
    assert stack.pids()["ticketing-api"] == stack.pids()["ticketing-worker"] == 0, "nobody starts it again"


async def test_billing_bills_and_takes_payments(stack: Stack) -> None:
    run = await stack.january()
    assert (run["billed"], run["balanced"]) == (len(HOMES), True)
    assert run["total"] == yuan(sum(bill(home.area, RATE) for home in HOMES))
    finance = stack.desk.staff("finance")
    account = await stack.api.get(f"/billing/v1/accounts/{stack.community.units[0]}", finance)
    assert account["prepayment"] == yuan(OVER)
    [paid] = (await stack.api.get("/billing/v1/payments", finance, {"unit_id": str(stack.community.units[1])}))["items"]
    assert paid["amount"] == yuan(bill(HOMES[1].area, RATE))


async def test_kpi_counts_what_billing_tells_scores_and_answers_what_if(stack: Stack) -> None:
    gm = stack.desk.staff("gm")
    asked = {
        "template": "T003S",
        "period": "2025-Q1",
        "inputs": {RATE_OF_COLLECTION: {"numerator": "1092500.00", "denominator": "1250000.00"}},
    }
    answered = await stack.api.post("/kpi/v1/what-if", gm, asked, "what-if")
    assert {s["section"]: s["points"] for s in answered["sections"]}["collection"] == "17.20"

    await stack.january()
    scope = {"community_id": str(stack.community.id), "period": "2025-Q1"}
    rate = await stack.api.get("/billing/v1/collection-rates", gm, scope)
    assert float(rate["numerator"]["amount"]) > 0

    exact = (rate["numerator"]["amount"], rate["denominator"]["amount"])

    async def counted() -> bool:
        found = await stack.api.get(f"/kpi/v1/indicators/{RATE_OF_COLLECTION}/value", gm, scope)
        return (found["numerator"], found["denominator"]) == exact

    await stack.until(counted)
    letter = await stack.api.post(
        "/kpi/v1/letters",
        gm,
        {
            "template": "T003S",
            "community_id": str(stack.community.id),
            "subject_id": str(stack.community.staff["supervisor"]),
            "term": "2025",
            "parameters": {},
        },
        "letter",
    )
    card = await stack.api.post("/kpi/v1/scorecards", gm, {"letter_id": letter["id"], "period": "2025-Q1"}, "card")
    [item] = [item for item in card["items"] if item["indicator"] == RATE_OF_COLLECTION]
    assert (item["numerator"], item["denominator"]) == exact
    again = await stack.api.get(f"/kpi/v1/scorecards/{card['id']}", gm)
    assert (again["total"], len(again["sections"])) == (card["total"], 4)


async def test_notify_puts_bills_into_inboxes_and_sends_them(stack: Stack) -> None:
    before = stack.sink.received
    run = await stack.bill_month("2025-02")
    await stack.until(lambda: stack.sink.received >= before + run["billed"])
    assert stack.sink.repeated == []
    mine = [m for m in await stack.inbox(1) if m["template"] == "bill.issued" and "2025-02" in m["body"] + m["title"]]
    assert len(mine) == 1, "the owner of the second home is told once, in English"
    assert mine[0]["title"].isascii()


async def test_the_others_may_be_restarted_meanwhile_and_still_know_their_users(stack: Stack) -> None:
    before = stack.pids()
    names = [f"{service}-{part}" for service in OTHERS for part in ("api", "worker")]
    for name in names:
        os.kill(before[name], signal.SIGKILL)
    await stack.until(lambda: all(stack.pids()[name] not in (0, before[name]) for name in names))
    urls = {service: stack.folder.state()["urls"][service] for service in OTHERS}
    await stack.until(lambda: not not_ready(urls))
    received = stack.sink.received
    run = await stack.bill_month("2025-03")
    assert run["billed"] == len(HOMES)
    await stack.until(lambda: stack.sink.received >= received + len(HOMES))
    assert await stack.inbox(2)
    assert await stack.api.get("/kpi/v1/letters", stack.desk.staff("gm"))
    with pytest.raises(Refused, match="401"):
        await stack.api.get("/kpi/v1/letters", stack.desk.staff("gm")[:-8] + "AAAAAAAA")


async def test_when_ticketing_returns_everything_catches_up(stack: Stack) -> None:
    # An owner complains while it is down: the request is repeated until it is there again, and counts once.
    complaining = asyncio.create_task(stack.complain(3, "while-down"))
    await asyncio.sleep(1.0)
    assert not complaining.done()
    received = stack.sink.received
    await stack.hold()
    ticket = await complaining
    await stack.clockwork.quiet()
    await stack.until(lambda: stack.sink.received > received)
    told = [m["template"] for m in await stack.inbox(3) if m["subject_id"] == str(ticket)]
    assert told.count("ticket.created") == 1
    # A new home reaches the others' copies of the register.
    admin = stack.desk.staff("admin")
    unit = {"external_id": "1-701", "community": "CX", "building": "CX-1", "number": "1-701", "area": "80.00"}
    made = await bulk(stack.api, "units", admin, [{**unit, "use": "dwelling", "sold_on": "2019-06-01"}])
    await stack.clockwork.quiet()
    database = await asyncpg.connect(stack.folder.state()["urls"]["database"])
    for service in OTHERS:
        assert await database.fetchval(f"SELECT count(*) FROM {service}.ref_units WHERE id = $1", made["1-701"]) == 1
        assert await database.fetchval(f"SELECT count(*) FROM {service}.parked_events") == 0
    await database.close()


@pytest.mark.parametrize("down", [("billing",), ("kpi",), ("notify",), OTHERS])
async def test_ticketing_takes_tickets_while_others_are_down(stack: Stack, down: tuple[str, ...]) -> None:
    await stack.hold(*down)
    ticket = await stack.complain(4, f"without-{'-'.join(down)}-{uuid4().hex[:6]}")
    await stack.hold()
    await stack.clockwork.quiet()
    told = [m["template"] for m in await stack.inbox(4) if m["subject_id"] == str(ticket)]
    assert told.count("ticket.created") == 1
