"""Vacancy discounts: dated, never two on one day, and somebody else agrees to them.

They move no bill that was issued before; what such a bill was too high by is credited.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access, residents
from services.billing.errors import VacancyInvalid, VacancyOverlap
from services.billing.models import vacancies
from services.billing.vacancies import repository
from services.billing.vacancies.schemas import VacancyIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError


async def ask(tx: Tx, who: Principal, body: VacancyIn) -> Row[Any]:
    """Store a discount that waits for its approval.

    Raises:
        NoSuchUnit: outside the caller's reach.
        VacancyInvalid: the last day lies before the first.
        VacancyOverlap: another one shares a day (409).
    """
    community = await access.unit_community(tx, who, body.unit_id)
    if body.until < body.since:
        wrong = FieldError("until", "结束日期早于开始日期。", "The last day lies before the first.")
        raise VacancyInvalid(fields=[wrong])
    await access.lock_community(tx, community.id)
    other = await repository.overlapping(tx, body.unit_id, body.since, body.until)
    if other is not None:
        raise VacancyOverlap(first=other.since.isoformat(), last=other.until.isoformat())
    values = {**body.model_dump(), "community_id": community.id, "state": "pending"}
    vacancy_id = await repository.add(tx, values)
    tx.audit("vacancy.asked", "vacancy", vacancy_id, after=body.model_dump(mode="json"))
    return await repository.get(tx, vacancy_id)


async def approve(tx: Tx, vacancy_id: UUID) -> None:
    """It was agreed upon: the next runs charge by it."""
    await repository.decide(tx, vacancy_id, "approved")


async def refuse(tx: Tx, vacancy_id: UUID) -> None:
    """It was not."""
    await repository.decide(tx, vacancy_id, "refused")


async def page(
    tx: Tx, who: Principal, unit_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Discounts within the caller's reach, the latest asked first."""
    c = vacancies.c
    conditions = access.within_reach(tx, who, c.unit_id, c.community_id)
    conditions += await residents.own_time(tx, who, c.unit_id, c.created_at)
    conditions += [c.unit_id == unit_id] if unit_id else []
    return await repository.page(tx, conditions, before, limit)
