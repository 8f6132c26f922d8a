"""What imports of opening balances look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from shared.http.schemas import MoneyModel, Output, Text, UtcTime

Mode = Literal["check", "all"]


class OpeningErrorOut(Output):
    """An error by sheet, row (the heading is row 1), heading and cell."""

    sheet: str
    row: int
    column: str | None
    cell: str | None
    message: Text


class OpeningOut(Output):
    """An import: `checked` found no error and stored nothing, `refused` found some, `running` issues its bills."""

    id: UUID
    version: int
    community_id: UUID
    state: Literal["checked", "refused", "running", "done", "undoing", "undone"]
    cutover_on: date
    rows: int
    issued: int
    errors: int
    amount: MoneyModel
    asked_by: UUID
    created_at: UtcTime
