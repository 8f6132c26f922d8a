"""What bulk imports and lists of the register look like on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from shared.http.problem_texts import field_message, field_path
from shared.http.schemas import Input, Output, Text, UtcTime

#: The most rows one bulk request may carry.
MOST_ROWS: Final = 500

Source = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$",
        description="The system that the rows come from; external ids are unique within it.",
        examples=["erp"],
    ),
]
ExternalId = Annotated[str, Field(min_length=1, max_length=120, examples=["B1-1203"])]
Name = Annotated[str, Field(min_length=1, max_length=200)]
#: Another row: its external id in the same source, or our own id.
Reference = Annotated[
    str,
    Field(min_length=1, max_length=120, description="An external id of the same source, or our id."),
]


def _no_float(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError('should be a decimal written as a string, such as "93.50"')
    return value


#: Square metres with at most two decimals, sent as a string so that nothing is lost on the way.
Area = Annotated[
    Decimal,
    BeforeValidator(_no_float),
    Field(ge=0, max_digits=10, decimal_places=2, examples=["93.50"]),
]


class Row(Input):
    """A row of a bulk import: known to its source by ``external_id``."""

    external_id: ExternalId


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that does not fit its schema: reported at its index, while the others are stored."""

    external_id: str | None
    faults: tuple[tuple[str, str, str], ...]  # path, Chinese, English


RowT = TypeVar("RowT", bound=Row)


def _keep_going(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    try:
        return handler(value)
    except ValidationError as problem:
        known = value.get("external_id") if isinstance(value, Mapping) else None
        return BadRow(
            known[:120] if isinstance(known, str) else None,
            tuple(
                (field_path(e["loc"]), field_message(e, True), field_message(e, False)) for e in problem.errors()
            ),
        )


class Bulk(Input, Generic[RowT]):
    """Up to 500 rows of one source. Good rows are stored, bad ones reported; sending them again changes nothing."""

    source: Source
    items: Annotated[
        list[Annotated[RowT, WrapValidator(_keep_going)]], Field(min_length=1, max_length=MOST_ROWS)
    ]


class BulkItemOut(Output):
    """A stored row and the id we know it by."""

    external_id: str
    id: UUID


class BulkErrorOut(Output):
    """Why a row was not stored; ``index`` counts from 0, ``path`` is within the row."""

    index: int
    external_id: str | None
    path: str
    message: Text


class BulkOut(Output):
    """What became of a bulk import. ``accepted`` rows are stored, some of them unchanged."""

    accepted: int
    created: int
    updated: int
    items: list[BulkItemOut]
    errors: list[BulkErrorOut]


class EntityOut(Output):
    """What every row of the register shows."""

    id: UUID
    version: int
    source: str
    external_id: str
    created_at: UtcTime
    updated_at: UtcTime


@dataclass(frozen=True, slots=True)
class KnownAs:
    """The filter by which a source finds its own rows again."""

    source: str | None
    external_id: str | None


async def _known_as(
    source: Annotated[str | None, Query(max_length=40, description="Rows of this source only")] = None,
    external_id: Annotated[str | None, Query(max_length=120, description="The row of this external id")] = None,
) -> KnownAs:
    return KnownAs(source, external_id)


KnownAsDep = Annotated[KnownAs, Depends(_known_as)]


