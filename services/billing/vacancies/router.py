"""``/billing/v1/vacancies``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.billing.approvals.service import ask_about
from services.billing.vacancies import service
from services.billing.vacancies.schemas import VacancyIn, VacancyOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router

router = service_router(prefix="/v1/vacancies", tags=["vacancies"])


def present(row: Row[Any]) -> VacancyOut:
    """A vacancy discount as it goes out."""
    return VacancyOut(**{name: getattr(row, name) for name in VacancyOut.model_fields})


@router.post("", status_code=201, operation_id="ask_vacancy_discount", responses=problems(404, 409))
async def ask_vacancy_discount(
    body: VacancyIn, tx: TxDep, who: Annotated[Principal, allow("vacancy.ask")], response: Response
) -> VacancyOut:
    """Ask that an empty unit pays a part of its property fee; the runs after its approval charge by it."""
    row = await service.ask(tx, who, body)
    await ask_about(tx, who, "vacancy", row)
    created(response, f"/billing/v1/vacancies?unit_id={row.unit_id}")
    return present(row)


@router.get("", operation_id="list_vacancy_discounts")
async def list_vacancy_discounts(
    tx: TxDep, who: Annotated[Principal, allow("bill.read")], page: PageDep, unit_id: UUID | None = None
) -> Page[VacancyOut]:
    """Vacancy discounts, the latest asked first; residents see those of their own dwellings."""
    before = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, unit_id, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)
