"""Invitations of staff: one use, five tries, three days; nobody but the invited person learns the code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from services.ticketing.domain.grants import invitation as rules
from services.ticketing.models import invitations, staff
from shared import clock
from tests.support.world import World
from tests.ticketing.sessions.support import PASSWORD, Door, claims
from tests.ticketing.support import Register


class Desk:
    """HR, who invites the clerk of `people`."""

    def __init__(self, register: Register, door: Door, people: dict[str, str], address: str) -> None:
        self.register, self.door, self.phone, self.address = register, door, people["clerk"], address
        self.email = f"{self.phone}@example.com"

    async def id(self) -> str:
        async with self.register.world.runtime("ticketing").db.read(self.register.org) as tx:
            found = await tx.scalar(select(staff.c.id).where(staff.c.org_id == tx.org_id, staff.c.phone == self.phone))
        return str(found)

    async def post(self, path: str, body: Any = None, role: str = "hr", **headers: str) -> Any:
        token = self.register.world.token(role, self.register.org)
        return await self.register.post(f"/staff/{await self.id()}{path}", body or {}, {**token, **headers})

    async def invite(self, role: str = "hr", path: str = "/invitations", **body: Any) -> dict[str, Any]:
        answer = await self.post(path, body, role)
        assert answer.status_code == 201, answer.text
        await self.door.work(self.register.org)
        found: dict[str, Any] = answer.json()
        return found

    async def redeem(self, code: str | None = None, login: str | None = None, **more: Any) -> Any:
        body = {"grant": "invitation", "login": login or self.phone, "password": PASSWORD}
        body["code"] = code or self.door.phones.last(login or self.phone)
        return await self.door.post("/sessions", {**body, **more}, address=self.address)

    async def aged(self, by: timedelta) -> None:
        """As if every invitation had been sent so much earlier."""
        async with self.register.world.runtime("ticketing").db.tx(self.register.org) as tx:
            c = invitations.c
            await tx.execute(
                update(invitations)
                .where(c.org_id == tx.org_id)
                .values(created_at=c.created_at - by, expires_at=c.expires_at - by)
            )


@pytest.fixture
def hr(register: Register, door: Door, people: dict[str, str], new_address: Callable[[], str]) -> Desk:
    return Desk(register, door, people, new_address())


def refused(answer: Any) -> bool:
    return (answer.status_code, answer.json()["code"]) == (401, "ticketing.sign_in.code_wrong")


@pytest.mark.parametrize("by", ["phone", "email"])
async def test_d073_an_invited_employee_sets_a_first_password_and_is_signed_in(hr: Desk, by: str) -> None:
    """D-073: an account of one's own, whose password nobody else ever knew."""
    made = await hr.invite(by=by)
    assert (made["kind"], made["by"], made["state"]) == ("invite", by, "open")
    login = hr.phone if by == "phone" else hr.email
    answer = await hr.redeem(login=login)
    assert answer.status_code == 200, answer.text
    assert claims(answer.json()["access_token"])["roles"] == ["clerk"]
    assert (await hr.door.by_password(hr.phone)).status_code == 200
    assert refused(await hr.redeem(login=login)), "a code is used once"
    again = await hr.post("/invitations", {})
    assert (again.status_code, again.json()["code"]) == (409, "ticketing.invitation.has_password")


async def test_two_at_once_use_a_code_once(hr: Desk) -> None:
    await hr.invite()
    answers = await asyncio.gather(hr.redeem(), hr.redeem(), hr.redeem())
    assert sorted(a.status_code for a in answers) == [200, 401, 401]


async def test_a_weak_password_costs_neither_the_code_nor_a_try(hr: Desk) -> None:
    await hr.invite()
    for weak in ("kurz-7", "123450987612", f"{hr.phone}aB", "Passw0rd2024", "kurz-8", "kurz-9"):
        answer = await hr.redeem(password=weak)
        assert (answer.status_code, answer.json()["code"]) == (422, "ticketing.password.weak")
    assert (await hr.redeem()).status_code == 200


async def test_five_wrong_tries_lock_an_invitation_until_it_is_sent_anew(hr: Desk) -> None:
    await hr.invite()
    code = hr.door.phones.last(hr.phone)
    wrong = "00000000" if code != "00000000" else "00000001"
    for _ in range(rules.TRIES.burst):
        assert refused(await hr.redeem(wrong))
    assert refused(await hr.redeem(code)), "the right code comes too late"
    await hr.aged(timedelta(minutes=1))
    await hr.invite()
    assert refused(await hr.redeem(code)), "the old code ended when the new one was sent"
    assert (await hr.redeem()).status_code == 200


async def test_an_invitation_runs_out_at_its_very_second_and_is_told_as_expired(hr: Desk) -> None:
    made = await hr.invite()
    now = clock.wall()
    assert not rules.is_good("open", now, now)
    assert rules.is_good("open", now + timedelta(microseconds=1), now)
    await hr.aged(timedelta(hours=rules.HOURS))
    assert refused(await hr.redeem())
    token = hr.register.world.token("hr", hr.register.org)
    (item,) = (await hr.register.get(f"/staff/{await hr.id()}/invitations", token)).json()["items"]
    assert (item["id"], item["state"]) == (made["id"], "expired")


async def test_a_withdrawn_invitation_is_neither_sent_nor_good(hr: Desk) -> None:
    await hr.invite()
    (first,) = [m for m in hr.door.phones.messages if m.phone == hr.phone]
    await hr.aged(timedelta(minutes=1))
    answer = await hr.post("/invitations", {})
    done = await hr.post(f"/invitations/{answer.json()['id']}/withdraw")
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
    await hr.door.work(hr.register.org)
    assert hr.door.phones.count(hr.phone) == 1, "withdrawn before it was sent"
    assert refused(await hr.redeem(first.code))
    over = await hr.post(f"/invitations/{answer.json()['id']}/withdraw")
    assert (over.status_code, over.json()["code"]) == (409, "ticketing.invitation.over")


async def test_messages_to_one_person_keep_a_minute_apart(hr: Desk) -> None:
    await hr.invite()
    soon = await hr.post("/invitations", {})
    assert soon.status_code == 429
    assert 0 < int(soon.headers["Retry-After"]) <= 60


async def test_leaving_ends_an_invitation_and_whoever_left_gets_none(hr: Desk) -> None:
    made = await hr.invite()
    gone = await hr.post("/leave", {"reason": "合同期满，不再续签"}, "admin")
    assert gone.status_code == 200, gone.text
    assert refused(await hr.redeem())
    async with hr.register.world.runtime("ticketing").db.read(hr.register.org) as tx:
        state = await tx.scalar(select(invitations.c.state).where(invitations.c.id == made["id"]))
    assert state == "withdrawn"
    again = await hr.post("/invitations", {}, "admin")
    assert (again.status_code, again.json()["code"]) == (409, "ticketing.staff.left")


async def test_a_reset_is_an_administrators_and_the_old_password_is_good_until_then(hr: Desk) -> None:
    await hr.door.employee(hr.phone, "Regen&Schirm-Laden")
    assert (await hr.post("/reset-password", {})).status_code == 403
    made = await hr.invite("admin", "/reset-password")
    assert made["kind"] == "reset"
    assert (await hr.post(f"/invitations/{made['id']}/withdraw")).status_code == 403, "not HR's to withdraw"
    assert (await hr.door.by_password(hr.phone, "Regen&Schirm-Laden")).status_code == 200
    assert (await hr.redeem()).status_code == 200
    assert (await hr.door.by_password(hr.phone, "Regen&Schirm-Laden")).status_code == 401


async def test_the_code_is_of_no_use_with_another_address(hr: Desk, new_phone: Callable[[], str]) -> None:
    """Neither by the other address of the same person, nor after the register has another phone."""
    await hr.invite()
    code = hr.door.phones.last(hr.phone)
    assert refused(await hr.redeem(code, login=hr.email))
    row = {"external_id": "S1", "name": "陈文", "phone": new_phone(), "roles": ["clerk"]}
    await hr.register.stored("staff", [{**row, "units": [str(hr.register.org)]}])
    await hr.door.work(hr.register.org)
    assert refused(await hr.redeem(code))
    assert refused(await hr.redeem(code, login=row["phone"]))


async def test_an_administrator_is_invited_by_an_administrator_and_nobody_by_themselves(
    hr: Desk, new_phone: Callable[[], str]
) -> None:
    row = {"external_id": "A1", "name": "赵敏", "phone": new_phone(), "roles": ["admin"]}
    (admin,) = await hr.register.stored("staff", [{**row, "units": [str(hr.register.org)]}])
    world, org = hr.register.world, hr.register.org
    path = f"/staff/{admin}/invitations"
    for headers in (world.token("hr", org), world.token("admin", org, sub=admin)):
        answer = await hr.register.post(path, {}, headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "ticketing.invitation.not_yours")
    assert (await hr.register.post(path, {}, world.token("admin", org))).status_code == 201


async def test_other_organisations_and_units_have_no_such_staff_or_invitation(hr: Desk, world: World) -> None:
    made = await hr.invite()
    stranger = world.token("admin", await world.new_org())
    base = f"/staff/{await hr.id()}"
    for path in ("/invitations", "/reset-password", f"/invitations/{made['id']}/withdraw"):
        assert (await hr.register.post(base + path, {}, stranger)).status_code == 404
    assert (await hr.register.get(base + "/invitations", stranger)).status_code == 404
    (item,) = (await hr.register.get(base + "/invitations", world.token("hr", hr.register.org))).json()["items"]
    assert item["state"] == "open"


async def test_the_code_stands_in_no_answer_audit_or_table(hr: Desk) -> None:
    answer = await hr.post("/invitations", {}, "hr", **{"Idempotency-Key": "invite-0001-0001"})
    await hr.door.work(hr.register.org)
    code = hr.door.phones.last(hr.phone)
    assert code not in answer.text
    assert hr.phone not in answer.text
    assert code not in str(await hr.register.audits("staff"))
    async with hr.register.world.runtime("ticketing").db.read(hr.register.org) as tx:
        for table in ("invitations", "jobs", "idempotency_keys", "outbox"):
            stored = await tx.scalar(
                text(f"SELECT string_agg(t::text, ' ') FROM ticketing.{table} t WHERE org_id = :org"),
                {"org": hr.register.org},
            )
            assert code not in (stored or ""), table
