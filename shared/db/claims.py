"""An idempotency key claimed by what opens the transaction, so that no trip of its own is spent on it.

What opens a transaction goes to the server as text, without parameters. So the claim is a statement that each
connection prepares once and then only names, and every value of a caller goes in as hexadecimal digits: nothing in it
can be read as SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from weakref import WeakSet

#: What the server says of a claim that was the first; another's leaves "INSERT 0 0".
CLAIMED: Final = "INSERT 0 1"
_NAME: Final = "steward_claim"
_COLUMNS: Final = "org_id, subject, method, route, key, body_hash, created_at"
#: Connections that know the statement; it lives as long as they do.
_knowing: WeakSet[Any] = WeakSet()


@dataclass(frozen=True, slots=True)
class Claim:
    """A key within its scope (architecture §2): organisation of the transaction, subject, method and route."""

    subject: str
    method: str
    route: str
    key: str
    body_hash: bytes
    at: datetime

    def sql(self, org_id: UUID) -> str:
        """The claim as text: inserts the key unless it is there. Waits for whoever claimed it and is not done yet."""
        texts = ", ".join(map(_text, (self.subject, self.method, self.route, self.key)))
        return (
            f"EXECUTE {_NAME} ('{UUID(str(org_id))}', {texts}, '\\x{self.body_hash.hex()}', '{self.at.isoformat()}')"
        )


def _text(value: str) -> str:
    return f"convert_from('\\x{value.encode().hex()}', 'UTF8')"


def insert(schema: str) -> str:
    """The statement that claims a key, its values in the order of the columns."""
    return (
        f"INSERT INTO {schema}.idempotency_keys ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
    )


async def prepare(raw: Any, schema: str) -> None:
    """Have this connection know the statement that claims are made with."""
    if raw not in _knowing:
        await raw.execute(f"PREPARE {_NAME} (uuid, text, text, text, text, bytea, timestamptz) AS {insert(schema)}")
        _knowing.add(raw)
