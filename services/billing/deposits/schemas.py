"""What deposits look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from services.billing.domain.vocabulary import METHODS_TAKEN
from shared.http.schemas import Input, MoneyModel, Output

_METHODS = sorted(METHODS_TAKEN)
Method = Annotated[str, Field(pattern="^(" + "|".join(_METHODS) + ")$", json_schema_extra={"enum": _METHODS})]


class DepositIn(Input):
    """A deposit asked of a unit, for example for a renovation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "unit_id": "0194a0c0-0000-7000-8000-000000000002",
                    "purpose": "装修押金",
                    "amount": {"amount": "2000.00", "currency": "CNY"},
                    "due_date": "2025-02-01",
                }
            ]
        },
    )

    unit_id: UUID
    payer_id: UUID | None = None
    purpose: Annotated[str, Field(min_length=1, max_length=200)]
    amount: MoneyModel
    due_date: date


class DepositOut(Output):
    """A deposit: the bill that asks for it, what was paid of it, what went back, and what is held."""

    bill_id: UUID
    unit_id: UUID
    amount: MoneyModel
    paid: MoneyModel
    returned: MoneyModel
    held: MoneyModel


class ReturnIn(Input):
    """So much of a deposit goes back to its payer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"amount": {"amount": "2000.00", "currency": "CNY"}, "method": "bank_transfer", "reference": "R-77"}
            ]
        },
    )

    amount: MoneyModel
    method: Method
    reference: Annotated[str, Field(min_length=1, max_length=120)] | None = None
