"""A day of an owner, from the burst pipe to the rating, by the API alone: what they see at each step, and never see."""

from __future__ import annotations

import json
from typing import Any

from tests.shared.files import samples
from tests.ticketing.cases import NOON, Desk, M
from tests.ticketing.owners.test_following import news
from tests.ticketing.owners.test_signing import employee, shown, signatures
from tests.ticketing.owners.test_talk import reply, sent
from tests.ticketing.support import BASE


async def voice(desk: Desk, headers: dict[str, str]) -> str:
    """A voice note, uploaded."""
    note = {"file": ("voice.amr", samples.amr(), "audio/amr")}
    answer = await desk.register.api.post(f"{BASE}/files", files=note, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


class Owner:
    """What one owner has read of one case so far."""

    def __init__(self, desk: Desk, ticket: dict[str, Any]) -> None:
        self.desk, self.ticket = desk, ticket
        self.after: str | None = None
        self.read = ""

    async def news(self) -> tuple[str, list[str]]:
        """The state by name, and what was added since the last look."""
        query = {} if self.after is None else {"after": self.after}
        body = (await news(self.desk, self.ticket, **query)).json()
        self.after, self.read = body["after"], self.read + json.dumps(body, ensure_ascii=False)
        return body["state_name"]["zh"], [e["action"] for e in body["items"]]


async def test_d063_an_owners_day(desk: Desk, standing: Any) -> None:
    """C-017, C-026, B-011, AMB-110: reports, urges, talks, refuses, signs what was read, and rates once a round."""
    clock = standing(NOON)
    owner, clerk, engineer = desk.owner(), desk.staff("clerk", desk.caller), desk.staff("engineer", desk.engineer)
    files = [await sent(desk, owner), await voice(desk, owner)]
    ticket = await desk.ticket(
        headers=owner,
        summary="楼上装修导致漏水",
        attachments=files,
        contact={"name": "张1伟", "phone": "13812340001"},
        fields={"topic": "facility"},
    )
    assert (ticket["channel"], ticket["attachments"]) == ("app", files)
    assert (ticket["contact"]["name"], ticket["contact"]["phone"]) == ("张*", "138****0001")
    day = Owner(desk, ticket)
    assert await day.news() == ("已受理", ["create"])

    clock.by(5 * M)
    assert (await desk.try_(ticket, "urge", owner, note="水越来越大")).status_code == 200
    assert (await reply(desk, ticket, clerk, "已通知工程部，十分钟内到", responds=True)).status_code == 201
    await desk.do(ticket, "follow-up-note", clerk, note="该户曾投诉三次，注意措辞")
    await desk.do(ticket, "dispatch", clerk, assignee_id=str(desk.engineer), note="先联系楼上1-201王女士")
    assert (await reply(desk, ticket, owner, "家里有人")).status_code == 201
    assert await day.news() == ("已响应", ["urge", "reply", "dispatch", "reply"])

    clock.by(10 * M)
    await desk.do(ticket, "arrive", engineer, place="1-101", finding="立管接头渗水")
    await desk.do(ticket, "plan", clerk, text="更换接头，两小时")
    await desk.do(ticket, "complete", engineer, result="已更换接头")
    assert await day.news() == ("已处理", ["arrive", "plan", "complete"])
    (row,) = (await desk.register.get("/my/tickets", owner)).json()["items"]
    assert row["waits_for_me"] == ["sign", "rate"]

    clock.by(5 * M)
    witness = str(await employee(desk, "W1", "butler"))
    seen = {"witness_id": witness, "statement": "业主指出仍在滴水"}
    no = {"signer_name": "张1伟", "method": "device", "refused": True, "reason": "还在滴水"}
    assert (await desk.do(ticket, "sign", engineer, **no, **seen))["state"] == "reopened"
    assert await day.news() == ("重新处理", ["refuse-signature"])

    clock.by(10 * M)
    await desk.do(ticket, "complete", engineer, result="更换整段立管，试压无渗漏")
    page = (await shown(desk, ticket)).json()
    assert page["round"] == 2 and "试压" in page["canonical"]
    strokes = await sent(desk, engineer)
    ink = {"signature_file": strokes, "place": {"latitude": 31.2, "longitude": 121.4}}
    hashed = {"signer_name": "张1伟", "method": "device", "document_hash": page["document_hash"]}
    assert (await desk.do(ticket, "sign", engineer, **hashed, **ink))["state"] == "closed"
    assert (await desk.do(ticket, "rate", owner, score=92, comment="第二次修得很好"))["satisfied"] is True
    assert (await desk.try_(ticket, "rate", owner, score=10)).status_code == 409
    assert await day.news() == ("已结案", ["complete", "sign", "rate"])
    assert [(s["refused"], s["intact"], s["signer_name"]) for s in await signatures(desk, ticket)] == [
        (True, True, "张*"),
        (False, True, "张*"),
    ]

    for hidden in ("注意措辞", "王女士", "13812340001", "clock.", "业主指出", strokes):
        assert hidden not in day.read, hidden
    assert (await desk.register.get(f"/files/{strokes}", owner)).status_code == 404
    neighbour = desk.owner(1)
    assert (await desk.register.get("/my/tickets", neighbour)).json()["items"] == []
    for path in ("", "/changes", "/stream", "/entries", "/sign-document", "/signatures"):
        assert (await desk.register.get(f"/tickets/{ticket['id']}{path}", neighbour)).status_code == 404, path
    assert (await desk.register.get(f"/files/{files[0]}", neighbour)).status_code == 404
