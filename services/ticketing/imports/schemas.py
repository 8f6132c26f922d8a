"""What goes out of ``/ticketing/v1/imports``; what comes in is a multipart form."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Output, Text, UtcTime

Mode = Literal["check", "good", "all"]


class UndoOut(Output):
    """What an undo put back, and what it had to leave because it was changed or used since."""

    restored: int
    removed: int
    kept: int


class ImportOut(Output):
    """An import: how far it is and what became of its rows.

    ``rows`` have been looked at; ``stored`` of them are in the register, some of them new or changed.
    """

    id: UUID
    resource: str
    source: str
    mode: Annotated[Mode, Field(description="check: dry run; good: store the good rows; all: all rows or none")]
    state: Annotated[
        Literal["waiting", "running", "storing", "done", "refused", "undoing", "undone"],
        Field(description="refused: nothing was stored; the problem or the errors say why"),
    ]
    name: str
    format: Literal["xlsx", "csv", "ndjson"]
    size: int
    sha256: str
    rows: int
    stored: int
    created: int
    updated: int
    bad: Annotated[int, Field(description="Rows with at least one error")]
    problem: Text | None
    undo: UndoOut | None
    requested_by: UUID
    created_at: UtcTime
    finished_at: UtcTime | None
    kept_until: UtcTime


class ImportErrorOut(Output):
    """One error: where in the file, as the program that shows it counts, and what to change."""

    sheet: str
    row: Annotated[int, Field(description="The heading is row 1 in xlsx and CSV; in NDJSON the line", examples=[18])]
    column: Annotated[str | None, Field(description="The heading as it stands in the file", examples=["面积 Area"])]
    cell: Annotated[str | None, Field(examples=["E18"])]
    message: Text
