"""How a person signs in, and from which devices."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.sessions import repository
from services.ticketing.sessions.identities import follow
from shared.db.tx import Tx
from shared.personal import Found, Holder, rows_of

#: Hashes of secrets tell a person nothing and would help a thief.
_SECRETS = ("token_hash", "previous_hash", "retry_hash")


async def _collect(tx: Tx, person_id: UUID) -> Found:
    return {
        "sessions": rows_of(await repository.sessions_of_person(tx, person_id), *_SECRETS),
        "identities": rows_of(await repository.identities_of_person(tx, person_id), "organisation_id"),
    }


async def _forget(tx: Tx, person_id: UUID) -> None:
    """Sessions end and addresses are unlinked by the job that follows the register."""
    follow(tx, "person", [person_id])


HOLDER = Holder("sign-in", frozenset({"sessions", "identities", "credentials"}), _collect, _forget)
