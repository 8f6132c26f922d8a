"""What is read all day: written straight from rows, the same as its model says, within reach, few statements."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from services.ticketing.tickets.list_schemas import ListedTicketOut
from services.ticketing.tickets.schemas import TicketOut
from tests.ticketing.cases import NOON, Desk, H, M, z

CONTACT = {"name": "王小明", "phone": "13812345678", "email": "wang@example.com"}


async def varied(desk: Desk, clock: Any) -> list[dict[str, Any]]:
    """A fresh case, one with everything in it that is finished, and one of another kind."""
    fresh = await desk.ticket(contact=CONTACT, detail="三号电梯\n“异响”")
    done = await desk.ticket("complaint", urgency="urgent", fields={"topic": "facility"})
    clock.by(7 * M)
    await desk.do(done, "respond", note="已致电")
    await desk.do(done, "dispatch", assignee_id=str(desk.engineer), department="工程部")
    await desk.do(done, "plan", text="更换导靴")
    done = await desk.do(done, "complete", result="已更换")
    mail = {"channel": "authority", "origin": {"number": "12345-77", "deadline": z(NOON + 72 * H)}}
    other = await desk.ticket("hotline", **mail)
    return [other, done, fresh]


@pytest.mark.parametrize("owner", [False, True])
async def test_an_answer_written_from_rows_is_what_its_model_writes(desk: Desk, standing: Any, owner: bool) -> None:
    made = await varied(desk, standing(NOON))
    headers = desk.owner() if owner else desk.staff("supervisor")
    for ticket in made:
        answer = await desk.register.get(f"/tickets/{ticket['id']}", headers)
        assert answer.status_code == 200, answer.text
        assert TicketOut.model_validate_json(answer.content).model_dump(mode="json") == answer.json()
        assert answer.headers["ETag"] == f'"{answer.json()["version"]}"'
        assert answer.headers["Content-Type"] == "application/json"
    listed = await desk.register.get("/tickets", headers, clocks="true")
    items = listed.json()["items"]
    assert [item["id"] for item in items] == [ticket["id"] for ticket in made]
    read = TypeAdapter(list[ListedTicketOut]).validate_python(items)
    assert [item.model_dump(mode="json") for item in read] == items


async def test_a_command_and_a_reading_say_the_same_of_a_case(desk: Desk, standing: Any) -> None:
    _, done, fresh = await varied(desk, standing(NOON))
    for told in (done, fresh):
        assert (await desk.register.get(f"/tickets/{told['id']}", desk.staff())).json() == told
    assert fresh["contact"]["phone"] == "138****5678" and "小明" not in fresh["contact"]["name"]


async def test_owners_read_no_more_than_their_own_and_the_open_fields(desk: Desk, standing: Any) -> None:
    _, done, fresh = await varied(desk, standing(NOON))
    mine = (await desk.register.get("/tickets", desk.owner(0), clocks="true")).json()["items"]
    assert {t["id"] for t in mine} >= {done["id"], fresh["id"]}
    assert (await desk.register.get(f"/tickets/{fresh['id']}", desk.owner(1))).status_code == 404
    assert (await desk.register.get("/tickets", desk.owner(1), clocks="true")).json()["items"] == []
    stranger = desk.register.staff("clerk", [desk.engineer])
    assert (await desk.register.get(f"/tickets/{fresh['id']}", stranger)).status_code == 404


async def test_promises_of_a_page_are_those_of_each_ticket(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    made = await varied(desk, clock)
    clock.by(H)
    await desk.register.fire_timers()
    page = (await desk.register.get("/tickets", clocks="true")).json()["items"]
    assert len(page) == len(made)
    for item in page:
        whole = (await desk.register.get(f"/tickets/{item['id']}/clocks")).json()["items"]
        kept = [c for c in whole if c["due_at"] is not None]
        assert item["clocks"] == [{name: c[name] for name in item["clocks"][0]} for c in kept]
    plain = (await desk.register.get("/tickets")).json()["items"]
    assert [{**item, "clocks": None} for item in page] == plain
    assert (await desk.register.get("/tickets", clocks="perhaps")).status_code == 422
