"""Personal fields of audit entries and of signatures, sealed under a key per person: erasure destroys the key.

The person's key (AES-256-GCM) is itself wrapped by the installation's master key; a copy of the database alone opens
nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from shared.db.tx import Tx


def seal(key: bytes, plain: bytes) -> bytes:
    """Encrypt; the nonce stands in front."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def unseal(key: bytes, sealed: bytes) -> bytes:
    """Decrypt what :func:`seal` made. Raises ``cryptography.exceptions.InvalidTag`` under another key."""
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], None)


async def person_keys(
    raw: Any, schema: str, org_id: UUID, people: Iterable[UUID], master: bytes, wall: datetime
) -> dict[UUID, bytes]:
    """The keys of these people; a person without one gets one now (two writers agree on the first)."""
    wanted = sorted(people)
    found = await _read(raw, schema, org_id, wanted, master)
    missing = [p for p in wanted if p not in found]
    if missing:
        await raw.executemany(
            f"INSERT INTO {schema}.person_keys (org_id, person_id, wrapped, created_at) VALUES ($1,$2,$3,$4) "
            "ON CONFLICT (org_id, person_id) DO NOTHING",
            [(org_id, p, seal(master, secrets.token_bytes(32)), wall) for p in missing],
        )
        found |= await _read(raw, schema, org_id, missing, master)
    return found


async def _read(raw: Any, schema: str, org_id: UUID, people: list[UUID], master: bytes) -> dict[UUID, bytes]:
    rows = await raw.fetch(
        f"SELECT person_id, wrapped FROM {schema}.person_keys WHERE org_id = $1 AND person_id = ANY($2::uuid[])",
        org_id,
        people,
    )
    return {r["person_id"]: unseal(master, r["wrapped"]) for r in rows}


class Vault:
    """Seals what a row says of a person under that person's key, as audit entries are, and reads it again.

    For rows that may not change (signatures): destroying the key is the only erasure that reaches them.
    """

    def __init__(self, master: bytes) -> None:
        self._master = master

    async def seal(self, tx: Tx, person_id: UUID, value: Mapping[str, Any]) -> bytes:
        """The value under the person's key, which is made if there is none: look for an erasure first."""
        keys = await person_keys(tx.raw, tx.schema, tx.org_id, [person_id], self._master, tx.wall)
        return seal(keys[person_id], orjson.dumps(value))

    async def open(self, tx: Tx, sealed: Sequence[tuple[UUID, bytes]]) -> list[dict[str, Any] | None]:
        """What was sealed, in the same order; None where the person's key was destroyed."""
        people = sorted({person for person, _ in sealed})
        keys = await _read(tx.raw, tx.schema, tx.org_id, people, self._master) if people else {}
        return [orjson.loads(unseal(keys[person], data)) if person in keys else None for person, data in sealed]


async def open_personal(raw: Any, schema: str, org_id: UUID, entry_id: UUID, master: bytes) -> dict[str, Any] | None:
    """The personal fields of one audit entry, or None when the person's key was destroyed."""
    row = await raw.fetchrow(
        f"SELECT person_id, personal FROM {schema}.audit WHERE org_id = $1 AND id = $2", org_id, entry_id
    )
    if row is None or row["personal"] is None:
        return None
    keys = await _read(raw, schema, org_id, [row["person_id"]], master)
    key = keys.get(row["person_id"])
    return None if key is None else orjson.loads(unseal(key, row["personal"]))
