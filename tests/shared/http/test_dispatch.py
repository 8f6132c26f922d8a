"""Routes are found by a dictionary, and exactly as Starlette would have found them."""

from __future__ import annotations

from typing import Any

import pytest

from shared.http.routing import PrincipalDep, public, service_router
from tests.shared.http.support import Tiny, bearer, serve

router = service_router(prefix="/v1/rooms")
inner = service_router(prefix="/inner")


def says(text: str) -> Any:
    async def endpoint() -> dict[str, str]:
        return {"here": text}

    return public(endpoint)


router.get("/first", operation_id="first")(says("first"))
router.get("/{room}", operation_id="room")(says("room"))
router.get("/late", operation_id="late")(says("late"))
router.get("/{room}/keys/{key}", operation_id="key")(says("key"))
router.get("/files/{path:path}", operation_id="file")(says("file"))
router.post("/first", operation_id="post_first")(says("post"))


@inner.get("/deep", operation_id="deep")
async def deep(who: PrincipalDep) -> dict[str, str]:
    return {"here": "deep"}


router.include_router(inner)


@pytest.fixture
async def tiny() -> Any:
    async with serve([router]) as app:
        yield app


@pytest.mark.parametrize(
    ("method", "path", "here"),
    [
        ("GET", "/v1/rooms/first", "first"),
        ("GET", "/v1/rooms/other", "room"),
        ("GET", "/v1/rooms/late", "room"),  # the order of declaration decides, as always
        ("GET", "/v1/rooms/549d042c-a614-4318-a4d4-d64d1f49b9ca/keys/7", "key"),
        ("GET", "/v1/rooms/files/a/b/c.txt", "file"),
        ("POST", "/v1/rooms/first", "post"),
        ("GET", "/v1/rooms/inner/deep", "deep"),
    ],
)
async def test_every_shape_of_path_is_found(tiny: Tiny, method: str, path: str, here: str) -> None:
    answer = await tiny.http.request(method, "/tiny" + path, headers=bearer("clerk"))
    assert answer.json() == {"here": here}


async def test_a_router_inside_a_router_still_authenticates(tiny: Tiny) -> None:
    assert (await tiny.http.get("/tiny/v1/rooms/inner/deep")).status_code == 401


async def test_encoded_slashes_and_empty_segments_do_not_match(tiny: Tiny) -> None:
    assert (await tiny.http.get("/tiny/v1/rooms/")).status_code == 404
    assert (await tiny.http.get("/tiny//v1/rooms/first")).status_code == 404


async def test_a_route_added_after_the_start_is_found_too(tiny: Tiny) -> None:
    tiny.app.get("/tiny/v1/later")(says("later"))
    assert (await tiny.http.get("/tiny/v1/later")).json() == {"here": "later"}
