"""U+0000 in a body is the sender's mistake, never an error of ours."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest

from shared.auth import Principal, allow
from shared.http.database_errors import translate
from shared.http.errors import UnstorableText
from shared.http.routing import TxDep, service_router
from tests.shared.http.support import Tiny, bearer, serve

router = service_router(prefix="/v1/notes", tags=["notes"])


@router.post("", status_code=201)
async def create_note(
    tx: TxDep, body: dict[str, Any], who: Annotated[Principal, allow("note.write")]
) -> dict[str, Any]:
    """Write a note."""
    return body


@pytest.fixture
async def tiny() -> Any:
    async with serve([router], powers={"note.write": {"clerk"}}) as app:
        yield app


async def test_a_text_that_cannot_be_stored_is_refused_by_path_before_any_transaction(tiny: Tiny) -> None:
    body = {"title": "好", "lines": ["a", {"text": "b\x00"}], "\x00": 1}
    answer = await tiny.http.post("/tiny/v1/notes", json=body, headers=bearer("clerk") | {"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (422, "http.text.unstorable")
    assert [error["path"] for error in answer.json()["errors"]] == ["lines.1.text", "\\u0000"]
    assert tiny.db.log == []


async def test_what_only_looks_like_it_is_stored(tiny: Tiny) -> None:
    body = {"text": "a backslash and u0000: \\u0000"}
    assert b"\\u0000" in json.dumps(body).encode()
    answer = await tiny.http.post("/tiny/v1/notes", json=body, headers=bearer("clerk"))
    assert (answer.status_code, answer.json()) == (201, body)


@pytest.mark.parametrize("state", ["22021", "22P05"])
def test_the_database_may_find_it_in_what_did_not_come_as_json(state: str) -> None:
    class Refused(Exception):
        sqlstate = state

    assert isinstance(translate(Refused()), UnstorableText)
