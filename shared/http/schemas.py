"""The few types that cross every border: inputs and outputs, money, times, texts in two languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from shared.money import Money


class Input(BaseModel):
    """Base of what clients send: an unknown field is an error, so that a typo is not silently ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Output(BaseModel):
    """Base of what we answer: no field has a default, so that the generated client tells the truth."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _only_rfc3339(value: Any) -> Any:
    # pydantic would take 1700000000 and "1700000000" for times; a wire format with three spellings has none.
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("should be an RFC 3339 time with a zone, such as 2025-03-07T01:30:00Z")
    if len(value) < 17 or value[4] != "-" or value[10] not in "Tt ":
        raise ValueError("should be an RFC 3339 time with a zone, such as 2025-03-07T01:30:00Z")
    return value


#: Instants that can be meant. Those at the edges of the calendar could not be moved to another zone.
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _to_utc(value: datetime) -> datetime:
    if not _EARLIEST <= value < _LATEST:
        raise ValueError("should lie between 1900 and 2199")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


#: An instant of the years 1900 to 2199: any zone comes in, naive is refused, UTC with `Z` goes out.
UtcTime = Annotated[
    AwareDatetime,
    BeforeValidator(_only_rfc3339),
    AfterValidator(_to_utc),
    Field(examples=["2025-03-07T01:30:00Z"], json_schema_extra={"format": "date-time"}),
]


#: A day of the years 1900 to 2199, without the outermost two: in any zone its hours are instants that `UtcTime` takes.
LocalDate = Annotated[date, Field(ge=date(1900, 1, 2), le=date(2199, 12, 30), examples=["2025-03-07"])]

#: A month of the years 1900 to 2199, such as `2025-03`.
Month = Annotated[str, Field(pattern=r"^(19|20|21)\d{2}-(0[1-9]|1[0-2])$", examples=["2025-03"])]
#: `2025`, `2025-H1`, `2025-Q1` or `2025-03`, of the same years.
PeriodCode = Annotated[
    str, Field(pattern=r"^(19|20|21)\d{2}(-H[12]|-Q[1-4]|-(0[1-9]|1[0-2]))?$", examples=["2025-Q1"])
]


class Text(BaseModel):
    """A text that people read, in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str


class MoneyModel(BaseModel):
    """Money on the wire: yuan as a string with two decimals, never a number, plus the currency."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"amount": "12.50", "currency": "CNY"}]},
    )

    amount: Annotated[str, Field(strict=True, pattern=r"^-?\d{1,13}(\.\d{1,2})?$", examples=["12.50"])]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "CNY"

    @classmethod
    def of(cls, money: Money) -> Self:
        """The wire form of `money`, always with two decimals."""
        return cls(amount=str(money), currency=money.currency)

    @classmethod
    def of_fen(cls, fen: int, currency: str = "CNY") -> Self:
        """The wire form of an amount in fen (分)."""
        return cls.of(Money(fen, currency))

    def money(self) -> Money:
        """As `shared.money.Money`, in fen."""
        return Money.parse(self.amount, self.currency)


class Problem(BaseModel):
    """RFC 9457 problem details, for clients written in Python; the servers write them in shared.http.problems."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    request_id: str
    errors: list[dict[str, str]]
