"""What a database error means to a caller. Told apart by SQLSTATE: constraint names differ between installations."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.errors import AppError
from shared.http.errors import Busy, DatabaseDown, DuplicateRow, ReferencedRow, UnstorableText

#: The database undid the whole transaction because of a neighbour; running it again is the cure.
RETRYABLE: Final = frozenset({"40001", "40P01"})

_BUSY: Final = frozenset({"55P03", "57014", "53300", "53400", *RETRYABLE})
#: U+0000 in a text, or as an escape in JSON: what a body may say and Postgres cannot keep.
_UNSTORABLE: Final = frozenset({"22021", "22P05"})
_DOWN: Final = frozenset({"57P01", "57P02", "57P03", "25P03"})


def sqlstate(problem: BaseException) -> str | None:
    """The SQLSTATE of an error of asyncpg, or of SQLAlchemy around one; None when it is no database error."""
    seen: BaseException | None = problem
    for _ in range(4):
        if seen is None:
            return None
        for name in ("sqlstate", "pgcode"):
            code = getattr(seen, name, None)
            if isinstance(code, str) and len(code) == 5:
                return code
        seen = getattr(seen, "orig", None) or seen.__cause__
    return None


def is_retryable(problem: BaseException) -> bool:
    """A serialization failure or a deadlock: nothing was stored, and the same again may well succeed."""
    return sqlstate(problem) in RETRYABLE


def translate(problem: BaseException) -> AppError | None:
    """The error that a caller should see, or None when the exception is none of the database's (a bug: 500)."""
    code = sqlstate(problem)
    if code is None:
        if isinstance(problem, PoolTimeout):
            return Busy()
        if isinstance(problem, ConnectionError | InterfaceError) or _disconnected(problem):
            return DatabaseDown()
        return None
    if code == "23505":
        return DuplicateRow()
    if code == "23503":
        return ReferencedRow()
    if code in _UNSTORABLE:
        return UnstorableText()
    if code in _BUSY:
        return Busy()
    if code in _DOWN or code.startswith("08"):
        return DatabaseDown()
    return None


def _disconnected(problem: BaseException) -> bool:
    if isinstance(problem, DBAPIError) and problem.connection_invalidated:
        return True
    # asyncpg says this of a socket that went away; the class is not imported, for tests run without the driver
    names = {cls.__name__ for cls in type(problem).__mro__}
    return bool(names & {"InterfaceError", "InternalClientError"}) and "asyncpg" in type(problem).__module__
