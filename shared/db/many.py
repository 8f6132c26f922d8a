"""Many rows in few statements, straight on the driver.

A statement of a hundred rows costs the server a third of a hundred statements of one, and stays ``INSERT … VALUES``,
which row policies and a distributed database both take.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

#: Rows of one statement; what is left over goes row by row, so that few statements have to be known.
CHUNK = 100


@cache
def values_sql(table: str, columns: tuple[str, ...], rows: int, first: int = 1) -> str:
    """``INSERT INTO table (columns) VALUES ($1, …), …`` of so many rows; ``first`` is the number of its first value."""
    width = len(columns)
    marks = ", ".join(
        "(" + ", ".join(f"${first + row * width + n}" for n in range(width)) + ")" for row in range(rows)
    )
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {marks}"


async def insert_many(
    raw: Any, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]], then: str = ""
) -> None:
    """Insert rows given as values in the order of ``columns``; ``then`` is an ``ON CONFLICT`` of the statement."""
    full = len(rows) - len(rows) % CHUNK
    for start in range(0, full, CHUNK):
        values = [value for row in rows[start : start + CHUNK] for value in row]
        await raw.execute(values_sql(table, columns, CHUNK) + then, *values)
    left = rows[full:]
    if len(left) == 1:
        await raw.execute(values_sql(table, columns, 1) + then, *left[0])
    elif left:
        await raw.executemany(values_sql(table, columns, 1) + then, left)
