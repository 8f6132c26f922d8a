"""Pages of other origins: the preflight, the permission by the organisation of the token, and who gets none."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest

from shared.auth import Principal, allow
from shared.http.cors import Origins
from shared.http.routing import public, service_router
from shared.settings import ConfigurationError
from tests.shared.http.support import ORG, Tiny, bearer, serve

OTHER_ORG = uuid4()
EVERYBODYS, OURS, THEIRS, STRANGE = (
    "https://portal.example.com",
    "https://owners.example.cn:8443",
    "https://elsewhere.example.org",
    "https://strange.example.net",
)
LISTS = {"*": [EVERYBODYS], str(ORG): [OURS], str(OTHER_ORG): [THEIRS]}

router = service_router(prefix="/v1/notes", tags=["notes"])


@router.get("")
async def list_notes(who: Annotated[Principal, allow("note.read")]) -> dict[str, str]:
    """Notes."""
    return {}


@router.get("/broken")
async def broken(who: Annotated[Principal, allow("note.read")]) -> dict[str, str]:
    """Fails."""
    raise RuntimeError("unforeseen")


@router.get("/open")
@public
async def open_notes() -> dict[str, str]:
    """For anybody."""
    return {}


@pytest.fixture
async def tiny() -> Any:
    changes = {"cors_origins": json.dumps(LISTS)}
    async with serve([router], powers={"note.read": {"clerk"}}, changes=changes) as app:
        yield app


def _preflight(origin: str, method: str = "POST") -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,idempotency-key",
    }


@pytest.mark.parametrize("origin", [EVERYBODYS, OURS, THEIRS])
async def test_a_preflight_is_answered_for_every_origin_that_some_organisation_allows(tiny: Tiny, origin: str) -> None:
    answer = await tiny.http.options("/tiny/v1/notes", headers=_preflight(origin))
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    allowed = {name.strip().lower() for name in answer.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"authorization", "idempotency-key", "if-match", "content-type", "last-event-id"} <= allowed
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Max-Age"] == "600"
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_a_preflight_of_a_strange_origin_is_a_problem_without_permission(tiny: Tiny) -> None:
    answer = await tiny.http.options("/tiny/v1/notes", headers=_preflight(STRANGE) | {"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (403, "http.origin.refused")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("org", "origin", "may"),
    [
        (ORG, EVERYBODYS, True),
        (ORG, OURS, True),
        (ORG, THEIRS, False),
        (ORG, STRANGE, False),
        (OTHER_ORG, THEIRS, True),
        (OTHER_ORG, OURS, False),
    ],
)
async def test_an_answer_may_be_read_where_the_organisation_of_the_token_allows_the_origin(
    tiny: Tiny, org: UUID, origin: str, may: bool
) -> None:
    answer = await tiny.http.get("/tiny/v1/notes", headers=bearer("clerk", org=org) | {"Origin": origin})
    assert answer.status_code == 200
    assert answer.headers.get("Access-Control-Allow-Origin") == (origin if may else None)
    assert ("ETag" in answer.headers.get("Access-Control-Expose-Headers", "")) is may
    assert answer.headers["Vary"] == "Origin"  # a cache must not hand one origin's answer to another


async def test_errors_and_open_endpoints_can_be_read_too(tiny: Tiny) -> None:
    for path, headers, status in (
        ("/tiny/v1/notes", {}, 401),
        ("/tiny/v1/notes", bearer("resident"), 403),
        ("/tiny/v1/notes/broken", bearer("clerk"), 500),
        ("/tiny/v1/notes/open", {}, 200),
        ("/tiny/v1/nothing", {}, 404),
    ):
        answer = await tiny.http.get(path, headers=headers | {"Origin": OURS})
        assert (answer.status_code, answer.headers.get("Access-Control-Allow-Origin")) == (status, OURS)


async def test_without_an_origin_nothing_is_permitted_to_anybody(tiny: Tiny) -> None:
    answer = await tiny.http.get("/tiny/v1/notes", headers=bearer("clerk"))
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    # an OPTIONS that asks nothing is an ordinary request
    assert (await tiny.http.options("/tiny/v1/notes", headers={"Origin": OURS})).status_code == 405


async def test_no_list_means_no_permissions_at_all() -> None:
    async with serve([router], powers={"note.read": {"clerk"}}) as app:
        assert (await app.http.options("/tiny/v1/notes", headers=_preflight(OURS))).status_code == 405
        answer = await app.http.get("/tiny/v1/notes", headers=bearer("clerk") | {"Origin": OURS})
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "text",
    [
        "https://portal.example.com",
        "[]",
        '{"head office": ["https://portal.example.com"]}',
        '{"*": ["*"]}',
        '{"*": ["https://portal.example.com/app"]}',
        '{"*": ["portal.example.com"]}',
        '{"*": [7]}',
        '{"*": null}',
    ],
)
def test_a_list_that_cannot_be_meant_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ConfigurationError, match="STEWARD_CORS_ORIGINS"):
        Origins.parse(text)


def test_origins_are_told_apart_by_scheme_and_port_but_not_by_case() -> None:
    origins = Origins.parse('{"*": ["https://Portal.example.com"]}')
    assert origins.allows("https://portal.example.com", ORG)
    assert not origins.allows("http://portal.example.com", ORG)
    assert not origins.allows("https://portal.example.com:444", ORG)
    assert not origins.allows("https://portal.example.com.evil.example", None)
