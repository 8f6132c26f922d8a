"""Calls to peers: bounded waiting, retries only where a repeat is harmless."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
import stamina
from joserfc import jwt

from shared.auth import ServiceTokens, generate_key, public_jwks, service_kid
from shared.http.clients import TIMEOUTS, PeerRefused, PeerUnavailable, ServiceClient, fetch_jwks
from shared.telemetry.context import request_id

KEY = generate_key(service_kid("kpi"))
ORG = uuid4()


@pytest.fixture(autouse=True)
def fast_retries() -> Any:
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


def client(handler: Callable[[httpx.Request], httpx.Response]) -> ServiceClient:
    return ServiceClient("http://billing", ServiceTokens("kpi", KEY), "billing", transport=httpx.MockTransport(handler))


class Peer:
    """Answers from a list; remembers what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_a_call_carries_the_services_token_and_the_request_id() -> None:
    peer = Peer(httpx.Response(200, json={"items": []}))
    mark = request_id.set("req-42-abcdef")
    async with client(peer) as billing:
        assert await billing.get_json("/billing/v1/changes", ORG, {"after": 3}) == {"items": []}
    request_id.reset(mark)
    (request,) = peer.asked
    assert str(request.url) == "http://billing/billing/v1/changes?after=3"
    assert request.headers["x-request-id"] == "req-42-abcdef"
    claims = jwt.decode(request.headers["authorization"].removeprefix("Bearer "), KEY, algorithms=["ES256"]).claims
    assert claims["org"] == str(ORG)
    assert claims["iss"] == "service:kpi"


def test_every_kind_of_waiting_has_an_end() -> None:
    assert None not in (TIMEOUTS.connect, TIMEOUTS.read, TIMEOUTS.write, TIMEOUTS.pool)


@pytest.mark.parametrize("trouble", [httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.Response(503)])
async def test_a_read_is_tried_again(trouble: Any) -> None:
    peer = Peer(trouble, trouble, httpx.Response(200, json=1))
    async with client(peer) as billing:
        assert await billing.get_json("/x", ORG) == 1
    assert len(peer.asked) == 3


@pytest.mark.parametrize("trouble", [httpx.ConnectError("x"), httpx.Response(502)])
async def test_a_peer_that_stays_away_is_503_for_our_caller(trouble: Any) -> None:
    async with client(Peer(trouble)) as billing:
        with pytest.raises(PeerUnavailable) as gone:
            await billing.get_json("/x", ORG)
    assert gone.value.status == 503
    assert "billing" in gone.value.sentence("zh")


async def test_a_write_without_a_key_is_sent_once_and_with_a_key_again() -> None:
    peer = Peer(httpx.ReadTimeout("x"))
    async with client(peer) as billing:
        with pytest.raises(PeerUnavailable):
            await billing.post_json("/x", ORG, {})
        assert len(peer.asked) == 1
        with pytest.raises(PeerUnavailable):
            await billing.post_json("/x", ORG, {}, idempotency_key="k1")
    assert len(peer.asked) == 4
    assert {request.headers.get("idempotency-key") for request in peer.asked[1:]} == {"k1"}


async def test_a_refusal_of_the_peer_is_passed_on_with_its_code() -> None:
    problem = {"code": "billing.bill.paid", "detail": "已付清", "status": 409}
    peer = Peer(httpx.Response(409, json=problem))
    async with client(peer) as billing:
        with pytest.raises(PeerRefused) as refused:
            await billing.post_json("/x", ORG, {}, idempotency_key="k")
    assert (refused.value.status, refused.value.code) == (409, "billing.bill.paid")
    assert "已付清" in refused.value.sentence("zh")
    assert len(peer.asked) == 1, "a refusal is not repeated"
    assert PeerRefused.code == "http.peer.refused"


async def test_an_error_of_the_peer_is_not_taken_for_a_refusal() -> None:
    async with client(Peer(httpx.Response(500, text="oops"))) as billing:
        with pytest.raises(PeerUnavailable):
            await billing.get_json("/x", ORG)


async def test_a_stream_is_read_in_pieces() -> None:
    async with (
        client(Peer(httpx.Response(200, text="id: 1\n\n"))) as billing,
        billing.stream("/x", ORG) as answer,
    ):
        assert [line async for line in answer.aiter_lines()] == ["id: 1", ""]
    async with client(Peer(httpx.Response(403, json={"code": "auth.power.missing"}))) as billing:
        with pytest.raises(PeerRefused):
            async with billing.stream("/x", ORG):
                pass


async def test_the_issuers_keys_are_fetched() -> None:
    document = public_jwks([generate_key("a")])
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=document))
    assert await fetch_jwks("http://issuer/jwks.json", transport=transport) == document
    for bad in (httpx.Response(500), httpx.Response(200, json=[]), httpx.Response(200, text="x")):
        with pytest.raises((httpx.HTTPError, ValueError)):
            await fetch_jwks("http://issuer/", transport=httpx.MockTransport(lambda _, bad=bad: bad))
