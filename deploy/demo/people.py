"""Tokens of the people of the demo, signed with the data folder's own issuer key as `steward token` does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from deploy.local.database import organisations
from deploy.local.folder import DataFolder
from deploy.local.secrets import load

TTL = timedelta(hours=2)


class Tokens:
    """Makes and keeps tokens for one organisation: staff by role and person, residents by person and
    dwelling."""

    def __init__(self, folder: DataFolder) -> None:
        from shared.auth.keys import import_key

        self._key: Any = import_key(load(folder).issuer_key)
        self.org = UUID(next(iter(organisations(folder))))
        self._known: dict[tuple[str, UUID], str] = {}

    def staff(self, role: str, person: UUID) -> str:
        """A token of an employee who sees the whole organisation."""
        return self._token(role, person, self.org)

    def resident(self, person: UUID, unit: UUID) -> str:
        """A token of a resident of one dwelling."""
        return self._token("resident", person, unit)

    def _token(self, role: str, person: UUID, unit: UUID) -> str:
        from shared.auth.tokens import mint_token, user_claims

        key = (role, person)
        if key not in self._known:
            claims = user_claims(sub=person, org=self.org, roles=[role], units=[unit])
            self._known[key] = mint_token(self._key, claims, TTL)
        return self._known[key]
