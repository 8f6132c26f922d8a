"""The e-mail channel against a real SMTP server: taken, refused, busy, silent, gone."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from services.notify.channels.email import EmailSettings, session
from services.notify.domain.channels import Outgoing
from services.notify.domain.delivery import Outcome
from tests.notify.worker.smtp import Moody, smtp_server


@pytest.fixture
async def server() -> AsyncIterator[Moody]:
    async with smtp_server() as running:
        yield running


def given(url: str, per_connection: int = 100) -> EmailSettings:
    limits = {"connect_timeout": 1, "command_timeout": 1, "data_timeout": 0.3, "per_connection": per_connection}
    return EmailSettings.model_validate({"url": SecretStr(url), **limits})


def mail(to: str, title: str = "三月物业费账单") -> Outgoing:
    return Outgoing("0195-key", to, title, "王先生，您好：\n\n您的账单已出。", "zh")


async def test_a_batch_goes_over_one_connection_and_arrives_in_chinese(server: Moody) -> None:
    async with session(given(server.url)) as smtp:
        results = [await smtp.send(mail(f"owner{n}@example.com")) for n in range(5)]
    assert [r.outcome for r in results] == [Outcome.SENT] * 5
    assert server.connections == 1
    assert server.recipients == [f"owner{n}@example.com" for n in range(5)]
    arrived = server.mails[0]
    assert arrived["Subject"] == "三月物业费账单"
    assert arrived["Message-ID"] == "<0195-key@steward.invalid>"
    assert arrived["Content-Language"] == "zh-CN"
    assert "您的账单已出" in arrived.get_content()


async def test_a_connection_is_renewed_after_so_many_mails(server: Moody) -> None:
    async with session(given(server.url, per_connection=2)) as smtp:
        results = [await smtp.send(mail(f"owner{n}@example.com")) for n in range(5)]
    assert [r.outcome for r in results] == [Outcome.SENT] * 5
    assert server.connections == 3


async def test_a_server_that_takes_few_over_one_connection_is_asked_over_another_at_once(server: Moody) -> None:
    server.most = 2
    async with session(given(server.url)) as smtp:
        results = [await smtp.send(mail(f"owner{n}@example.com")) for n in range(5)]
    assert [r.outcome for r in results] == [Outcome.SENT] * 5
    assert server.recipients == [f"owner{n}@example.com" for n in range(5)]
    assert server.connections == 3


async def test_a_server_that_hung_up_on_a_resting_connection_is_asked_over_another_at_once(server: Moody) -> None:
    async with session(given(server.url)) as smtp:
        first = await smtp.send(mail("first@example.com"))
        server.hang_up()
        second = await smtp.send(mail("second@example.com"))
    assert (first.outcome, second.outcome) == (Outcome.SENT, Outcome.SENT)
    assert server.recipients == ["first@example.com", "second@example.com"]


async def test_a_server_that_takes_nothing_over_a_new_connection_is_not_asked_twice(server: Moody) -> None:
    server.most = 0
    async with session(given(server.url)) as smtp:
        result = await smtp.send(mail("owner@example.com"))
    assert (result.outcome, result.code) == (Outcome.THROTTLED, "421")
    assert server.connections == 1


async def test_a_refused_recipient_is_final_and_the_next_still_goes(server: Moody) -> None:
    server.rcpt["nobody@example.com"] = "550 no such mailbox"
    async with session(given(server.url)) as smtp:
        refused = await smtp.send(mail("nobody@example.com"))
        fine = await smtp.send(mail("owner@example.com"))
    assert (refused.outcome, refused.code) == (Outcome.REFUSED, "550")
    assert fine.outcome is Outcome.SENT
    assert server.connections == 1


async def test_a_busy_server_is_asked_again_later(server: Moody) -> None:
    server.rcpt["full@example.com"] = "452 mailbox full"
    server.data["later@example.com"] = "451 try later"
    async with session(given(server.url)) as smtp:
        assert (await smtp.send(mail("full@example.com"))).outcome is Outcome.THROTTLED
        assert (await smtp.send(mail("later@example.com"))).outcome is Outcome.THROTTLED


async def test_silence_after_the_data_is_unknown_for_it_may_have_arrived(server: Moody) -> None:
    server.hang.add("slow@example.com")
    async with session(given(server.url)) as smtp:
        result = await smtp.send(mail("slow@example.com"))
        after = await smtp.send(mail("owner@example.com"))
    assert (result.outcome, result.code) == (Outcome.UNKNOWN, "silence")
    assert server.recipients[0] == "slow@example.com"  # it did arrive: sending again would tell twice
    assert after.outcome is Outcome.SENT


async def test_a_server_that_is_gone_costs_nothing_but_time() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with session(given(f"smtp://127.0.0.1:{port}")) as smtp:
        assert (await smtp.send(mail("owner@example.com"))).outcome is Outcome.UNREACHABLE


async def test_an_address_that_cannot_be_written_is_refused_without_asking(server: Moody) -> None:
    async with session(given(server.url)) as smtp:
        result = await smtp.send(mail("owner@example.com\nBcc: all@example.com"))
    assert (result.outcome, result.code) == (Outcome.REFUSED, "compose")
    assert server.connections == 0
