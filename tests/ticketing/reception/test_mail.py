"""Mail that comes in (C-043): new cases, answers that find back, strangers, machines, charsets, size."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from typing import Any

import pytest

from tests.shared.files import samples
from tests.ticketing.cases import Desk
from tests.ticketing.reception.support import Signer, connect

OWNER = "zhang@example.com"
ADDRESS = "service@property.example"


@pytest.fixture
async def mailbox(desk: Desk) -> Signer:
    """A mailbox of the community whose first owner writes from OWNER."""
    await desk.register.stored(
        "people", [{"external_id": "CX-P1", "name": "张1伟", "phone": "13812340001", "email": "Zhang@example.com"}]
    )
    return Signer(desk, await connect(desk, "mail", ticket_kind="complaint", address=ADDRESS))


def letter(
    subject: str = "电梯停运", text: str = "三号楼电梯又停了", sender: str = OWNER, **headers: str
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"张先生 <{sender}>"
    mail["To"] = ADDRESS
    mail["Subject"] = subject
    mail["Message-ID"] = headers.pop("id", f"<{abs(hash((subject, text, sender)))}@example.com>")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


async def send(mailbox: Signer, mail: EmailMessage | bytes, **how: Any) -> dict[str, Any]:
    data = mail if isinstance(mail, bytes) else mail.as_bytes()
    answer = await mailbox.post("/mail", data, type="message/rfc822", **how)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def ticket_of(mailbox: Signer, taken: dict[str, Any]) -> dict[str, Any]:
    answer = await mailbox.desk.register.get(f"/tickets/{taken['ticket_id']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def thread(mailbox: Signer, ticket: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await mailbox.desk.register.get(f"/tickets/{ticket['id']}/mail")).json()
    return found


async def tickets(mailbox: Signer) -> int:
    return len((await mailbox.desk.register.get("/tickets", limit=200)).json()["items"])


async def test_c043_a_message_opens_a_case_of_its_sender(mailbox: Signer) -> None:
    mail = letter()
    mail.add_attachment(samples.photo(), maintype="image", subtype="jpeg", filename="电梯.jpg")
    mail.add_attachment(b"MZ not a picture", maintype="application", subtype="octet-stream", filename="a.exe")
    taken = await send(mailbox, mail)
    assert (taken["outcome"], taken["repeated"]) == ("opened", False)
    ticket = await ticket_of(mailbox, taken)
    community = mailbox.desk.community
    assert (ticket["channel"], ticket["kind"], ticket["summary"]) == ("email", "complaint", "电梯停运")
    assert (ticket["reporter_id"], ticket["unit_id"]) == (str(community.people[0]), str(community.units[0]))
    assert len(ticket["attachments"]) == 1 and "附件 2 未收下" in ticket["detail"]
    assert ticket["contact"]["email"] == "z***@example.com"
    (kept,) = (await thread(mailbox, ticket))["items"]
    assert (kept["sender"], kept["refused"][0]["code"]) == ("z***@example.com", "file.type.refused")
    said = str(await mailbox.desk.register.events()) + str(await mailbox.desk.register.audits("ticket"))
    assert OWNER not in said and "三号楼" not in said


async def test_the_same_message_again_and_at_once_is_one_case(mailbox: Signer) -> None:
    mail = letter()
    taken = await asyncio.gather(*(send(mailbox, mail) for _ in range(4)))
    assert len({t["ticket_id"] for t in taken}) == 1
    assert sorted(t["repeated"] for t in taken) == [False, True, True, True]
    assert await tickets(mailbox) == 1


@pytest.mark.parametrize("by", ["reference", "number"])
async def test_an_answer_of_the_sender_finds_its_case(mailbox: Signer, by: str) -> None:
    first = letter(id="<first@example.com>")
    opened = await send(mailbox, first)
    ticket = await ticket_of(mailbox, opened)
    if by == "reference":
        answer = letter("Re: 电梯停运", "今天又停了", In_Reply_To="<first@example.com>")
    else:
        answer = letter(f"Re: 关于 {ticket['number']} 的补充", "今天又停了")
    answer.add_attachment(samples.photo(), maintype="image", subtype="jpeg", filename="b.jpg")
    taken = await send(mailbox, answer)
    assert (taken["outcome"], taken["ticket_id"]) == ("threaded", ticket["id"])
    notes = [e for e in await mailbox.desk.entries(ticket) if e["action"] == "follow-up-note"]
    assert "今天又停了" in notes[0]["data"]["note"]
    (file,) = (await thread(mailbox, ticket))["items"][1]["attachments"]
    assert (await mailbox.desk.register.get(f"/files/{file}", mailbox.desk.staff())).status_code == 200


async def test_a_stranger_writes_into_nobodys_case_without_our_token(mailbox: Signer) -> None:
    ticket = await ticket_of(mailbox, await send(mailbox, letter(id="<first@example.com>")))
    tag = (await thread(mailbox, ticket))["subject_tag"]
    number, token = tag.strip("[]").split("#")
    forged = [
        letter(f"Re: {number}", "x", "eve@example.org"),
        letter("Re: 电梯停运", "y", "eve@example.org", References="<first@example.com>"),
        letter(f"Re: [{number}#{'A' * 16}]", "z"),  # not even the sender with a made-up token
    ]
    for mail in forged:
        taken = await send(mailbox, mail)
        assert taken["outcome"] == "opened" and taken["ticket_id"] != ticket["id"]
    assert [e["action"] for e in await mailbox.desk.entries(ticket)] == ["create"]
    with_token = await send(mailbox, letter(f"答复：{tag}", "我是他爱人", "wife@example.org"))
    assert (with_token["outcome"], with_token["ticket_id"]) == ("threaded", ticket["id"])
    other = await mailbox.desk.ticket(n=1)
    moved = await send(mailbox, letter(f"Re: [{other['number']}#{token}]", "别人的令牌", "eve@example.org"))
    assert moved["ticket_id"] != other["id"]


@pytest.mark.parametrize(
    ("sender", "headers", "reason"),
    [
        (OWNER, {"Auto_Submitted": "auto-replied"}, "auto_reply"),
        (OWNER, {"X_Autoreply": "yes"}, "auto_reply"),
        (OWNER, {"Precedence": "bulk"}, "list"),
        (OWNER, {"List_Id": "<news.example.com>"}, "list"),
        (OWNER, {"Return_Path": "<>"}, "bounce"),
        ("MAILER-DAEMON@example.com", {}, "auto_reply"),
        ("no-reply@example.com", {}, "auto_reply"),
        (ADDRESS, {}, "own"),
        (OWNER, {"X_Steward_Mail": "1"}, "own"),
    ],
)
async def test_machines_open_nothing(mailbox: Signer, sender: str, headers: dict[str, str], reason: str) -> None:
    taken = await send(mailbox, letter(sender=sender, **headers))
    assert (taken["outcome"], taken["reason"], taken["ticket_id"]) == ("ignored", reason, None)
    assert await tickets(mailbox) == 0


async def test_a_machine_that_says_nothing_of_itself_is_stopped_by_the_hour(mailbox: Signer) -> None:
    taken = [await send(mailbox, letter(f"自动回复 {n}", "我不在")) for n in range(12)]
    assert [t["outcome"] for t in taken] == ["opened"] * 10 + ["ignored"] * 2
    assert taken[-1]["reason"] == "flood"


@pytest.mark.parametrize("charset", ["gb18030", "gb2312", "gbk", "utf-8"])
async def test_c043_any_charset_that_china_writes_in(mailbox: Signer, charset: str) -> None:
    """Rare characters of names stand in GB18030 only; programs call it gb2312 all the same."""
    real = "utf-8" if charset == "utf-8" else "gb18030"
    raw = "\r\n".join(
        [
            f"From: {OWNER}",
            f"Message-ID: <{charset}@example.com>",
            "Subject: 㐀家的水管漏水",  # bare bytes, as some programs send them
            "MIME-Version: 1.0",
            f"Content-Type: text/plain; charset={charset}",
            "Content-Transfer-Encoding: 8bit",
            "",
            "䶮先生家厨房漏水，请尽快处理。",
        ]
    )
    ticket = await ticket_of(mailbox, await send(mailbox, raw.encode(real)))
    assert (ticket["summary"], ticket["detail"]) == ("㐀家的水管漏水", "䶮先生家厨房漏水，请尽快处理。")


async def test_a_page_is_read_as_its_words(mailbox: Signer) -> None:
    mail = letter(text="x")
    mail.set_content("<style>p{}</style><p>水管<b>漏水</b></p><script>evil()</script><p>请处理</p>", subtype="html")
    ticket = await ticket_of(mailbox, await send(mailbox, mail))
    assert ticket["detail"] == "水管漏水\n请处理"


async def test_30_megabytes_are_refused_and_what_is_no_mail_too(mailbox: Signer) -> None:
    answer = await mailbox.post("/mail", b"From: a@b.c\r\n\r\n" + b"x" * (30 * 1024 * 1024))
    assert answer.status_code == 413
    for nonsense in (b"", b"\x00\xff" * 100, b"Subject: nobody\r\n\r\nx"):
        answer = await mailbox.post("/mail", nonsense)
        assert (answer.status_code, answer.json()["code"]) == (422, "ticketing.mail.unreadable")
    assert await tickets(mailbox) == 0


async def test_an_exchange_is_no_mailbox_and_forged_mail_is_refused(mailbox: Signer) -> None:
    pbx = Signer(mailbox.desk, await connect(mailbox.desk))
    assert (await pbx.post("/mail", letter().as_bytes())).status_code == 401
    assert (await mailbox.post("/mail", letter().as_bytes(), secret=b"x" * 32)).status_code == 401


async def test_a_cancelled_case_is_not_woken_by_mail(mailbox: Signer) -> None:
    ticket = await ticket_of(mailbox, await send(mailbox, letter(id="<first@example.com>")))
    await mailbox.desk.do(ticket, "cancel", reason="重复")
    taken = await send(mailbox, letter("Re: 电梯停运", "还是坏的", In_Reply_To="<first@example.com>"))
    assert taken["outcome"] == "opened" and taken["ticket_id"] != ticket["id"]


async def test_erasing_a_person_takes_their_mail_away(mailbox: Signer) -> None:
    ticket = await ticket_of(mailbox, await send(mailbox, letter()))
    person = mailbox.desk.community.people[0]
    assert (await mailbox.desk.register.post(f"/people/{person}/erase", {"reason": "要求"})).status_code == 200
    (kept,) = (await thread(mailbox, ticket))["items"]
    assert (kept["sender"], kept["subject"], kept["text"]) == (None, None, None)
