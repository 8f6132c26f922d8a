"""Steps that tests of surveys share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from services.ticketing.domain.surveys import DEFAULT_DIMENSIONS
from tests.support.world import Standing
from tests.ticketing.support import Community, Register

Clock = Callable[[datetime], Standing]
OPENS = datetime(2025, 3, 10, 2, tzinfo=UTC)
CLOSES = datetime(2025, 3, 25, 16, tzinfo=UTC)
MARKS = dict.fromkeys(DEFAULT_DIMENSIONS, 85)


def draft(community: Community, **more: Any) -> dict[str, Any]:
    return {
        "community_id": str(community.id),
        "period": "2025-Q1",
        "title": "2025年一季度业主满意度调查",
        "closes_at": "2025-03-25T16:00:00Z",
        **more,
    }


async def opened(register: Register, community: Community, **more: Any) -> str:
    made = await register.post("/surveys", draft(community, **more))
    assert made.status_code == 201, made.text
    id: str = made.json()["id"]
    answer = await register.post(f"/surveys/{id}/open", None)
    assert answer.status_code == 200, answer.text
    return id


def sheet(community: Community, n: int, **marks: Any) -> dict[str, Any]:
    return {"unit_id": str(community.units[n]), "marks": {**MARKS, **marks}}


async def by_app(register: Register, community: Community, id: str, n: int, mark: int = 85) -> httpx.Response:
    body = {"unit_id": str(community.units[n]), "marks": dict.fromkeys(MARKS, mark)}
    return await register.post(f"/surveys/{id}/answers", body, register.resident(community, n))


async def results(register: Register, id: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    answer = await register.get(f"/surveys/{id}/results", headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def clerk(register: Register, sub: UUID | None = None, role: str = "clerk") -> dict[str, str]:
    return register.world.token(role, register.org, sub=sub)
