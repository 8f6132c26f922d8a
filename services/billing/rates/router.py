"""``/billing/v1/rates`` and ``/billing/v1/ageing``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query

from services.billing.domain import ageing
from services.billing.domain.collection import CASH_BASES
from services.billing.domain.rates import DEFINITIONS, RATED_KINDS, Definition, percent
from services.billing.rates import service
from services.billing.rates.schemas import (
    AgedOut,
    AgeingOut,
    BookedSinceOut,
    BooksOut,
    DefinitionOut,
    DictionaryOut,
    RateOut,
)
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, problems, service_router
from shared.http.schemas import MoneyModel, PeriodCode, Text
from shared.periods import Period

router = service_router(prefix="/v1", tags=["rates"])
Who = Annotated[Principal, allow("collection_rate.read")]
Kind = Literal["property", "parking", "water", "electricity", "gas", "shared", "service", "late_fee", "other"]
Kinds = Annotated[list[Kind] | None, Query(max_length=9, description="Fee kinds; the property fee unless named")]


def _unit(definition: Definition) -> str:
    if definition.bills is None:
        return "households" if definition.households else "papers"
    return "households" if definition.households else "fen"


def _definition(found: Definition) -> DefinitionOut:
    of_bills = found.bills is not None
    return DefinitionOut(
        code=found.code,
        title=Text(**found.title),
        numerator=Text(**found.numerator),
        denominator=Text(**found.denominator),
        unit=_unit(found),
        period_months=list(found.months),
        fee_kinds=list(RATED_KINDS) if of_bills else [],
        default_fee_kinds=["property"] if of_bills else [],
        cash_bases=list(CASH_BASES) if of_bills else [],
        treatment={name: Text(**text) for name, text in found.treatment.items()},
    )


@router.get("/rates", operation_id="list_rates")
async def list_rates(who: Who) -> DictionaryOut:
    """The dictionary of rates: what each divides by what, and how prepayments, waivers, credits, vacancy, late fees and
    suspended steps are treated."""
    return DictionaryOut(items=[_definition(found) for found in DEFINITIONS.values()])


@router.get("/rates/{code}", operation_id="get_rate", responses=problems(404))
async def get_rate(
    code: str,
    tx: TxDep,
    who: Who,
    community_id: UUID,
    period: Annotated[PeriodCode, Query()],
    fee_kinds: Kinds = None,
    cash_basis: Annotated[
        Literal["settled", "paid"],
        Query(description="`settled`: when credited to the company; `paid`: when the payer paid"),
    ] = "settled",
    prove: Annotated[bool, Query(description="Sum the receivable postings of the bills behind it as well")] = False,
) -> RateOut:
    """A rate of a community and period as the books have it now."""
    kinds = list(dict.fromkeys(fee_kinds or ["property"]))
    found = await service.measure(
        tx, who, code, community_id, Period.parse(period), kinds, cash_basis, prove=prove
    )
    of_bills = found.sums is not None
    return RateOut(
        code=code,
        community_id=community_id,
        period=period,
        fee_kinds=list(kinds) if of_bills else [],
        cash_basis=cash_basis if of_bills else None,
        unit=_unit(found.definition),
        numerator=found.numerator,
        denominator=found.denominator,
        rate=percent(found.numerator, found.denominator),
        bills=None if found.sums is None else found.sums.bills,
        books=None if found.sums is None else _books(found),
    )


def _books(found: service.Measured) -> BooksOut:
    sums = found.sums
    assert sums is not None  # the caller looked
    money = MoneyModel.of_fen
    return BooksOut(
        billed=money(sums.billed_fen),
        credited=money(sums.credited_fen),
        waived=money(sums.waived_before_fen + sums.waived_fen),
        collected_before=money(sums.before_fen),
        collected=money(sums.within_fen),
        collected_later=money(sums.later_fen),
        open=money(sums.open_fen),
        ledger=None if found.ledger_fen is None else money(found.ledger_fen),
        reconciled=sums.owed_fen == sums.open_fen and found.ledger_fen in (None, sums.open_fen),
    )


@router.get("/ageing", operation_id="get_ageing", responses=problems(404))
async def get_ageing(
    tx: TxDep,
    who: Who,
    community_id: UUID,
    as_of: Annotated[date | None, Query(description="The end of that day; now unless given")] = None,
    fee_kinds: Kinds = None,
) -> AgeingOut:
    """The arrears of a community by full months overdue, as the ledger stood at the end of a day."""
    kinds = list(dict.fromkeys(fee_kinds or RATED_KINDS))
    day, found = await service.ageing_of(tx, who, community_id, kinds, as_of)
    by_place = {aged.place: aged for aged in found}
    whole = by_place[None]
    return AgeingOut(
        community_id=community_id,
        as_of=day,
        fee_kinds=list(kinds),
        buckets=[
            AgedOut(
                bucket=name,
                households=aged.households if (aged := by_place.get(place)) else 0,
                bills=aged.bills if aged else 0,
                amount=MoneyModel.of_fen(aged.amount_fen if aged else 0),
            )
            for place, name in enumerate(ageing.NAMES)
        ],
        households=whole.households,
        bills=whole.bills,
        amount=MoneyModel.of_fen(whole.amount_fen),
    )


@router.get("/ageing/learned", operation_id="list_ageing_learned", responses=problems(404))
async def list_ageing_learned(
    tx: TxDep,
    who: Who,
    page: PageDep,
    community_id: UUID,
    as_of: Annotated[date, Query(description="The day whose arrears are compared with today's")],
    fee_kinds: Kinds = None,
) -> Page[BookedSinceOut]:
    """What was booked since a day on bills that its arrears were made of: why they are others today."""
    kinds = list(dict.fromkeys(fee_kinds or RATED_KINDS))
    after = page.after.uuid() if page.after else None
    rows = await service.learned_since(tx, who, community_id, kinds, as_of, after, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": UUID(str(row["id"]))}, _booked)


def _booked(row: Any) -> BookedSinceOut:
    fields = {name: row[name] for name in BookedSinceOut.model_fields if name != "amount"}
    ids = {name: UUID(str(fields[name])) for name in ("id", "act_id", "bill_id", "unit_id")}
    return BookedSinceOut.model_validate({**fields, **ids, "amount": MoneyModel.of_fen(row["amount_fen"])})
