"""Powers lent for a time: "B for A", never on, never in one's own chain, never a strict step (D-083)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk
from tests.ticketing.staff.support import Company, z

Clock = Callable[[datetime], Standing]
DAY, S = timedelta(days=1), timedelta(seconds=1)


async def asked(company: Company, by: str = "ann", yuan: str = "100.00") -> dict[str, Any]:
    place = await company.register.community("CX", unit="E")
    ticket = await Desk(company.register, place).ticket()
    spend = {"subject_kind": "expenditure", "subject_id": ticket["id"], "reason": "更换水泵"}
    return await company.done("/approvals", by, **spend, amount={"amount": yuan, "currency": "CNY"})


def lent(company: Company, to: str, **more: Any) -> dict[str, Any]:
    return {"to_id": str(company.people[to]), "until": z(NOON + DAY), "reason": "出差", **more}


async def waiting(company: Company, who: str) -> list[str]:
    return [item["id"] for item in (await company.get("/approvals", who, mine="to_decide"))["items"]]


async def test_b_decides_for_a_as_long_as_it_holds_and_it_shows(company: Company, standing: Clock) -> None:
    clock = standing(NOON)
    request = await asked(company)
    approve = f"/approvals/{request['id']}/approve"
    assert (await company.post(approve, "wes")).status_code == 404
    loan = await company.done("/delegations", "boss", **lent(company, "wes", since=z(NOON + S)))
    assert await waiting(company, "wes") == []
    clock.to(NOON + S)
    assert await waiting(company, "wes") == [request["id"]]
    # Not lent on, and not handed on.
    onward = {"to": str(company.people["bob"]), "reason": "转交"}
    assert (await company.post(f"/approvals/{request['id']}/delegate", "wes", **onward)).status_code == 403
    await company.done("/delegations", "wes", **lent(company, "bob"))
    assert (await company.post(approve, "bob")).status_code == 403
    done = await company.done(approve, "wes")
    (step,) = done["chain"]
    assert (step["decided_by"], step["decided_for"]) == (str(company.people["wes"]), str(company.people["boss"]))
    assert (await company.post(f"/delegations/{loan['id']}/revoke", "wes")).status_code == 404
    await company.done(f"/delegations/{loan['id']}/revoke", "boss")
    await company.refused(f"/delegations/{loan['id']}/revoke", "boss", 409, "ticketing.delegation.over")


async def test_what_was_lent_ends_at_its_instant_and_with_the_role_behind_it(company: Company, standing: Clock) -> None:
    clock = standing(NOON)
    request = await asked(company)
    await company.done("/delegations", "boss", **lent(company, "bob"))
    approve = f"/approvals/{request['id']}/approve"
    clock.to(NOON + DAY - S)
    assert await waiting(company, "bob") == [request["id"]]
    clock.to(NOON + DAY)
    assert await waiting(company, "bob") == []
    assert (await company.post(approve, "bob")).status_code == 403
    await company.done("/delegations", "boss", **lent(company, "bob", until=z(NOON + 3 * DAY)))
    assert await waiting(company, "bob") == [request["id"]]
    await company.done(f"/staff/{company.people['boss']}/leave", "pm", reason="离职")
    assert (await company.post(approve, "bob")).status_code == 403
    assert (await company.post(approve, "boss")).status_code == 403


async def test_nobody_decides_their_own_by_somebody_else_s_power(company: Company, standing: Clock) -> None:
    """Neither the asker for another, nor another for the asker, nor a strict step by anybody but its roles: D-083."""
    standing(NOON)
    await company.hired("gm", "gm", "E")
    await company.done("/delegations", "boss", **lent(company, "ann"))
    await company.done("/delegations", "gm", **lent(company, "manager"))
    own = await asked(company, "ann")
    assert (await company.post(f"/approvals/{own['id']}/approve", "ann")).status_code == 403
    boss_asks = await asked(company, "boss")
    assert (await company.post(f"/approvals/{boss_asks['id']}/approve", "ann")).status_code == 403
    large = await asked(company, "bob", "60000.00")
    for who in ("boss", "pm"):
        await company.done(f"/approvals/{large['id']}/approve", who)
    assert (await company.post(f"/approvals/{large['id']}/approve", "manager")).status_code == 403
    assert large["id"] not in await waiting(company, "manager")
    assert (await company.done(f"/approvals/{large['id']}/approve", "gm"))["state"] == "approved"


async def test_powers_are_lent_to_a_colleague_and_for_a_time(company: Company, standing: Clock) -> None:
    standing(NOON)
    times = (lent(company, "ann", until=z(NOON)), lent(company, "ann", until=z(NOON + 93 * DAY)))
    for body in (lent(company, "boss"), *times):
        await company.refused("/delegations", "boss", 422, "ticketing.delegation.invalid", **body)
