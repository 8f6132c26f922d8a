"""The demo's quarter on a durable stack in which fifty things are killed, and one at each named point.

A second stack plays the same plan undisturbed. What came of the two is the same, and what the database saw on the way
says why: cursors moved in one unbroken chain, nothing was done twice, nothing that was answered is missing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from deploy.demo.making.targets import DEFAULT_SEED
from deploy.demo.plan import make_plan
from services.notify.domain.catalogue import CATALOGUE, notices
from shared.faults import POINTS
from shared.settings import SERVICES
from tests.faults import witness
from tests.faults.fire import STRIKES
from tests.faults.scene import Scene, Seen

pytestmark = pytest.mark.full

SEED = 1
PLAN = make_plan(DEFAULT_SEED)


@pytest.fixture(scope="module")
async def calm() -> dict[str, dict[str, Any]]:
    """The picture of a run in which nobody died. Its stack is stopped before the other one starts."""
    async with Scene(PLAN) as seen:
        assert seen.report["scorecards"][0]["total"] == PLAN.expected_total
        return {**seen.picture, "scorecard": seen.report["scorecards"][0]["sections"]}


@pytest.fixture(scope="module")
async def seen(calm: dict[str, Any]) -> AsyncIterator[Seen]:
    """The run under fire, its stack still up."""
    async with Scene(PLAN, SEED) as found:
        yield found


@pytest.fixture(scope="module")
async def admin(seen: Seen) -> AsyncIterator[asyncpg.Connection]:
    """A session of the administrator in the database that was killed so often."""
    connection = await witness.connect(seen.folder)
    yield connection
    await connection.close()


async def test_fifty_kills_struck_and_every_named_point_was_passed_once(seen: Seen, admin: asyncpg.Connection) -> None:
    assert Counter(death.kind for death in seen.deaths) == STRIKES
    assert len(seen.deaths) == 50
    assert seen.unarmed == [], "a point that is still armed was never passed"
    log = (seen.folder.logs / "supervisor.log").read_text()
    # Sessions end without a process; each of the others, and each point, is a death by SIGKILL that was noticed.
    assert log.count("ended with -9") == 50 - STRIKES["session"] + len(POINTS)
    assert seen.repeats > 0
    assert await witness.durable(admin)


async def test_the_scorecard_is_the_plans_and_that_of_a_run_without_faults(seen: Seen, calm: dict[str, Any]) -> None:
    [card] = seen.report["scorecards"]
    assert card["total"] == PLAN.expected_total == "57.30"
    assert card["sections"] == calm["scorecard"]
    assert {s["section"]: s["points"] for s in card["sections"]} == PLAN.expected


async def test_everything_else_is_as_in_a_run_without_faults(seen: Seen, calm: dict[str, Any]) -> None:
    for title, found in seen.picture.items():
        assert _settled(title, found) == _settled(title, calm[title]), title


def _settled(title: str, found: dict[str, Any]) -> dict[str, Any]:
    """Two payments of one home that meet at one instant may be credited in either order, so that the money of one of
    them is split over two bills in one run and not in the other: sums agree, the number of splits need not."""
    if title == "facts":
        return {k: v[1:] if k.startswith("fee.") else v for k, v in found.items()}
    return {k: v for k, v in found.items() if k != "payment.allocated.v1"}


async def test_every_request_that_was_answered_is_in_the_database_with_its_answer(
    seen: Seen, admin: asyncpg.Connection
) -> None:
    missing = []
    for service in SERVICES:
        rows = await admin.fetch(f"SELECT key, status, body FROM {service}.idempotency_keys")
        stored = {row["key"]: (row["status"], json.loads(row["body"])) for row in rows}
        for answer in (a for a in seen.answered if a.service == service):
            status, body = stored.get(answer.key, (0, None))
            if not (200 <= status < 300 and body == answer.body):
                missing.append((answer.key, status))
        assert len(stored) == sum(a.service == service for a in seen.answered)
    assert missing == []
    assert len(seen.answered) > 5000


@pytest.mark.parametrize(
    ("path", "table"),
    [
        ("/ticketing/v1/tickets", "ticketing.tickets"),
        ("/billing/v1/payments", "billing.payments"),
        ("/billing/v1/billing-runs", "billing.billing_runs"),
        ("/kpi/v1/letters", "kpi.letters"),
        ("/kpi/v1/scorecards", "kpi.scorecards"),
    ],
)
async def test_what_was_created_is_there_once(seen: Seen, admin: asyncpg.Connection, path: str, table: str) -> None:
    told = [str(answer.body["id"]) for answer in seen.answered if answer.path == path]
    stored = [str(row["id"]) for row in await admin.fetch(f"SELECT id FROM {table}")]
    assert told and sorted(told) == sorted(stored)


async def test_each_household_has_its_bills_and_its_answers_once(seen: Seen, admin: asyncpg.Connection) -> None:
    twice = await admin.fetch("SELECT unit_id, period FROM billing.bills GROUP BY 1, 2 HAVING count(*) > 1")
    assert twice == []
    assert await admin.fetchval("SELECT count(*) FROM billing.bills") == 3 * len(PLAN.homes)
    assert await admin.fetchval("SELECT sum(amount_fen) FROM billing.bills") == PLAN.billed
    answers = [a for a in seen.answered if a.path.endswith("/answers")]
    assert len(answers) == len(PLAN.answers) + len(PLAN.first_answers)
    assert await admin.fetchval("SELECT count(*) FROM ticketing.survey_answers") == len(answers)


async def test_the_books_still_balance(admin: asyncpg.Connection) -> None:
    assert await admin.fetch("SELECT act_id FROM billing.postings GROUP BY act_id HAVING sum(amount_fen) <> 0") == []
    paid = await admin.fetchval("SELECT sum(amount_fen) FROM billing.payments")
    assert paid == sum(payment.amount for payment in PLAN.payments)
    spread = await admin.fetchval("SELECT sum(amount_fen) FROM billing.allocations")
    assert paid == spread + await admin.fetchval("SELECT sum(prepaid_fen) FROM billing.accounts")


async def test_the_feeds_have_no_gaps_and_end_at_their_heads(admin: asyncpg.Connection) -> None:
    for service, feeds in (await witness.feeds(admin)).items():
        for low, high, count, head in feeds:
            assert (low, high, count) == (1, head, head), service


@pytest.mark.parametrize("service", SERVICES)
async def test_each_subject_tells_its_versions_in_order_and_each_once(admin: asyncpg.Connection, service: str) -> None:
    assert await witness.disorder(admin, service) == []


async def test_every_cursor_moved_in_one_unbroken_chain_up_to_the_head(seen: Seen, admin: asyncpg.Connection) -> None:
    heads = {service: feeds[0][3] for service, feeds in (await witness.feeds(admin)).items() if feeds}
    followed = witness.follows(seen.folder)
    assert ("kpi", "ticketing") in followed and ("notify", "billing") in followed
    for service, source in followed:
        reached = 0
        for before, after in await witness.moves(admin, service, source):
            assert before == reached, f"{service} moved on {source} from {before} when it stood at {reached}"
            assert after > before
            reached = after
        assert reached == heads.get(source, 0), f"{service} on {source}"


@pytest.mark.parametrize("service", witness.EFFECTS)
async def test_no_effect_was_written_apart_from_the_move_of_its_cursor(
    admin: asyncpg.Connection, service: str
) -> None:
    written, alone = await witness.effects(admin, service)
    assert set(written) == set(witness.EFFECTS[service]), "each of these tables was written to"
    assert alone == {}


async def test_every_event_that_is_to_be_told_was_told_to_each_person_once(admin: asyncpg.Connection) -> None:
    twice = await admin.fetch(
        "SELECT cause_id, person_id FROM notify.messages GROUP BY org_id, cause_id, person_id HAVING count(*) > 1"
    )
    assert twice == []
    causes = await admin.fetch("SELECT DISTINCT cause_id FROM notify.messages WHERE cause_type <> 'digest'")
    told = {row["cause_id"] for row in causes}
    to_tell = set()
    for source in {notice.source for notice in CATALOGUE}:
        types = sorted({notice.event for notice in CATALOGUE if notice.source == source})
        rows = await admin.fetch(f"SELECT id, type, data FROM {source}.outbox WHERE type = ANY($1::text[])", types)
        to_tell |= {row["id"] for row in rows if notices(source, row["type"], row["data"])}
    asked = await admin.fetch("SELECT id FROM billing.outbox WHERE type = 'message.requested.v1'")
    assert asked
    assert told == to_tell | {row["id"] for row in asked}


async def test_no_mail_came_twice_and_none_that_was_sent_is_missing(seen: Seen, admin: asyncpg.Connection) -> None:
    rows = await admin.fetch("SELECT id, state FROM notify.deliveries WHERE channel = 'email'")
    came = {name.strip("<>").split("@")[0] for name in seen.sink.ids}
    sent = {str(row["id"]) for row in rows if row["state"] == "sent"}
    unknown = {str(row["id"]) for row in rows if row["state"] == "unknown"}
    assert seen.sink.repeated == []
    assert len(sent) + len(unknown) == len(rows)
    assert sent <= came <= sent | unknown


async def test_nothing_is_left_over(admin: asyncpg.Connection) -> None:
    left = await witness.left_over(admin)
    assert {what: count for what, count in left.items() if count} == {}


async def test_no_answer_was_an_error_of_ours(seen: Seen) -> None:
    """What was killed was away for a moment (502, 503); nobody was told that Steward has a bug (500)."""
    bugs = []
    for log in seen.folder.logs.glob("*-api.log"):
        for line in log.read_text().splitlines():
            if line.startswith("{") and '"http.request"' in line and json.loads(line)["status"] == 500:
                bugs.append(line)
    assert bugs == []
