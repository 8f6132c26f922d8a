"""Calls with somebody, and the promises to call them back: the number and what it was about."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.calls import repository, return_repository, returns
from shared.db.tx import Tx
from shared.personal import Found, Holder, rows_of


async def _collect(tx: Tx, person_id: UUID) -> Found:
    return {
        "calls": rows_of(await repository.of_person(tx, person_id)),
        "call_returns": rows_of(await return_repository.of_person(tx, person_id)),
    }


async def _forget(tx: Tx, person_id: UUID) -> None:
    await repository.forget(tx, person_id)
    await returns.forget(tx, person_id)



HOLDER = Holder(
    "calls",
    frozenset({"calls", "call_returns", "inbound_events"}),
    _collect,
    _forget,
    "保留通话发生的时间与结果，不含号码：接听及时率以此为据",
    "That there was a call, and how it went, stays without its number: the rate of answered calls rests on it",
)
