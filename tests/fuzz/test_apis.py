"""Requests guessed from each service's own OpenAPI document, with real ids mixed in, from callers of every sort.

Whatever comes in: never a 5xx, only documented statuses, problems for errors, and answers as their schemas say. The
same requests are tried in each run; `STEWARD_FUZZ_EXAMPLES=500` tries more of them.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.settings import SERVICES
from tests.fuzz.village import Village, settle
from tests.support.world import World

pytestmark = pytest.mark.full

DOCUMENTS = Path(__file__).resolve().parents[2] / "docs" / "api"
EXAMPLES = int(os.environ.get("STEWARD_FUZZ_EXAMPLES", "25"))
#: A stream does not end; its page-by-page form is tried instead. Mail is a raw message, which no schema describes.
LEFT_OUT = {"stream_changes", "stream_calls", "stream_ticket", "stream_inbox", "receive_mail"}


def _operations() -> list[tuple[str, str, str]]:
    found = []
    for service in SERVICES:
        document = json.loads((DOCUMENTS / f"{service}.json").read_text(encoding="utf-8"))
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if operation["operationId"] not in LEFT_OUT:
                    found.append((service, method.upper(), path))
    return found


@pytest.fixture(scope="module")
async def village(world: World) -> Village:
    assert world.client is not None
    return await settle(world, world.client)


@pytest.fixture(scope="module")
def schemas(world: World) -> dict[str, Any]:
    """The services' documents as the running apps give them."""
    import schemathesis

    return {service: schemathesis.openapi.from_dict(app.openapi()) for service, app in world.apps.items()}


@pytest.mark.parametrize(("service", "method", "path"), _operations(), ids=lambda value: str(value))
async def test_no_request_is_answered_otherwise_than_documented(
    service: str, method: str, path: str, schemas: dict[str, Any], village: Village, api: httpx.AsyncClient
) -> None:
    from tests.fuzz.attempts import attempt_all

    loop = asyncio.get_running_loop()
    operation = schemas[service][path][method]

    def send(request: httpx.Request) -> httpx.Response:
        async def go() -> httpx.Response:
            answer = await api.send(request)
            answer.elapsed  # noqa: B018  # raises unless the answer was read to its end
            return answer

        return asyncio.run_coroutine_threadsafe(go(), loop).result(60)

    # Hypothesis is not asynchronous: it works in a thread and hands each request over to the services' loop.
    await asyncio.to_thread(attempt_all, operation, village, send, EXAMPLES)
