"""Whom an address belongs to, over all organisations: kept in step with the register, and asked before anybody is
signed in.

Only keyed hashes are stored. The register's own rows decide in the end: an account is read again in its organisation,
so that a stale identity opens nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from services.ticketing.sessions.secrets import Vault
from shared.db.tx import Tx
from shared.ids import uuid7

Subject = Literal["person", "staff", "client"]

PHONE: Final = "phone"
EMAIL: Final = "email"
CLIENT: Final = "client"
#: Kinds that follow the register; the others were linked by a proof and stay until they are unlinked.
FOLLOWED: Final = [PHONE, EMAIL]
#: The job that brings identities in step with rows of the register.
FOLLOW_JOB: Final = "identities.follow"
_CHUNK: Final = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom an address belongs to."""

    org_id: UUID
    subject: Subject
    subject_id: UUID


def key_of(vault: Vault, kind: str, address: str) -> bytes:
    """The keyed hash of an address, in its normal form (``normal_phone``; e-mail addresses in small letters)."""
    return vault.hash("identity", kind, address.lower() if kind == EMAIL else address)


async def find(raw: Any, kind: str, key: bytes) -> list[Candidate]:
    """Everybody of this address, the longest known first."""
    rows = await raw.fetch(
        "SELECT organisation_id, subject, subject_id FROM ticketing.identities WHERE kind = $1 AND key = $2 "
        "ORDER BY id LIMIT 50",
        kind,
        key,
    )
    return [Candidate(r["organisation_id"], r["subject"], r["subject_id"]) for r in rows]


async def link(tx: Tx, kind: str, key: bytes, subject: Subject, subject_id: UUID) -> bool:
    """Remember that an address belongs to somebody of the transaction's organisation; False when it was known."""
    made = await tx.raw.fetchval(
        "INSERT INTO ticketing.identities (id, kind, key, organisation_id, subject_id, subject, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (kind, key, organisation_id, subject_id) DO NOTHING "
        "RETURNING id",
        uuid7(),
        kind,
        key,
        tx.org_id,
        subject_id,
        subject,
        tx.wall,
    )
    return made is not None


async def unlink(tx: Tx, subject_ids: Sequence[UUID], kinds: Sequence[str] | None = None) -> None:
    """Forget these people's addresses of these kinds; all of them without ``kinds``."""
    await tx.raw.execute(
        "DELETE FROM ticketing.identities WHERE organisation_id = $1 AND subject_id = ANY($2::uuid[]) "
        "AND ($3::text[] IS NULL OR kind = ANY($3::text[]))",
        tx.org_id,
        list(subject_ids),
        None if kinds is None else list(kinds),
    )


def follow(tx: Tx, subject: Subject, subject_ids: Iterable[UUID]) -> None:
    """Bring the identities of these rows of the register in step after the commit.

    Whoever writes ``people`` or ``staff`` calls this in the same transaction, erasure included: the keys are hashed
    under the installation's secret, which a transaction does not know.
    """
    ids = sorted(set(subject_ids))
    for start in range(0, len(ids), _CHUNK):
        chunk = [str(id) for id in ids[start : start + _CHUNK]]
        tx.enqueue(FOLLOW_JOB, {"subject": subject, "ids": chunk})


async def relink(tx: Tx, kind: str, key: bytes, keep: Iterable[Candidate]) -> None:
    """Forget everybody of an outside account but these: its provider just vouched for another phone number.

    Accounts and phones change hands; whoever had them before must not be signed in by them.
    """
    await tx.raw.execute(
        "DELETE FROM ticketing.identities WHERE kind = $1 AND key = $2 AND NOT (subject_id = ANY($3::uuid[]))",
        kind,
        key,
        [candidate.subject_id for candidate in keep],
    )
