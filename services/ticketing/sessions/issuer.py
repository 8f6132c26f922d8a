"""The issuer's keys: sealed in the database, several at a time, the newest signs, old ones stay until their last token
has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from joserfc.jwk import ECKey

from services.ticketing.domain.grants.keys import IssuerKey, published, signing
from services.ticketing.domain.grants.policy import ACCESS_LIFE, KEY_LEAD
from services.ticketing.sessions.errors import NoIssuerKey
from services.ticketing.sessions.secrets import INSTALLATION, Vault, vault
from shared import clock
from shared.auth.keys import export_private, generate_key, import_key, load_private_key, public_jwks
from shared.auth.tokens import mint_token, user_claims
from shared.db.tx import Tx
from shared.runtime import Runtime

_STATE: Final = "issuer_keys"
#: Seconds for which a process trusts what it read; below the lead time of a new key.
_FRESH: Final = 15.0
_INSERT: Final = (
    "INSERT INTO ticketing.issuer_keys (org_id, kid, private, signs_from) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (org_id, kid) DO NOTHING"
)


class Issuer:
    """The keys as this process knows them; one per process (:func:`issuer_of`)."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._vault: Vault = vault(rt.settings.master_key)
        self._keys: list[IssuerKey] = []
        self._private: dict[str, ECKey] = {}
        self._read_at: float | None = None
        self._lock = asyncio.Lock()

    async def refresh(self, *, force: bool = False) -> None:
        """Read the keys, at most every 15 s, sowing the one of the settings first if it is new.

        Raises what the database raises when nothing was read before; with keys at hand it goes on with them.
        """
        if not force and self._is_fresh():
            return
        async with self._lock:
            if not force and self._is_fresh():
                return
            try:
                async with self._rt.db.tx(INSTALLATION) as tx:
                    await self._sow(tx)
                    await self._load(tx)
            except Exception:
                if not self._keys:
                    raise
            self._read_at = clock.monotonic()

    def _is_fresh(self) -> bool:
        return self._read_at is not None and clock.monotonic() - self._read_at < _FRESH

    async def _sow(self, tx: Tx) -> None:
        if not self._rt.settings.issuer_key:
            return
        key = load_private_key(self._rt.settings.issuer_key)
        if str(key.kid) in self._private:
            return
        # The very first key signs at once; one that an operator put into the settings later is published first.
        first = await tx.raw.fetchval("SELECT 1 FROM ticketing.issuer_keys WHERE org_id = $1 LIMIT 1", INSTALLATION)
        await self._insert(tx, key, tx.wall if first is None else tx.wall + KEY_LEAD)

    async def _insert(self, tx: Tx, key: ECKey, signs_from: datetime) -> None:
        sealed = self._vault.seal("issuer-key", export_private(key).encode())
        await tx.raw.execute(_INSERT, INSTALLATION, str(key.kid), sealed, signs_from)

    async def _load(self, tx: Tx) -> None:
        rows = await tx.raw.fetch(
            "SELECT kid, private, signs_from, withdrawn_at FROM ticketing.issuer_keys WHERE org_id = $1", INSTALLATION
        )
        self._keys = [IssuerKey(r["kid"], r["signs_from"], r["withdrawn_at"] is not None) for r in rows]
        for row in rows:
            if row["kid"] not in self._private:
                self._private[row["kid"]] = import_key(self._vault.unseal("issuer-key", row["private"]).decode())

    async def jwks(self) -> Mapping[str, Any]:
        """The public halves that others must know now."""
        await self.refresh()
        return public_jwks(self._private[key.kid] for key in published(self._keys, clock.wall()))

    async def listed(self) -> list[tuple[IssuerKey, bool, bool]]:
        """Every key with whether it signs and whether it is published, oldest first."""
        await self.refresh(force=True)
        now = clock.wall()
        signer, shown = signing(self._keys, now), {key.kid for key in published(self._keys, now)}
        keys = sorted(self._keys, key=lambda key: (key.signs_from, key.kid))
        return [(key, key == signer, key.kid in shown) for key in keys]

    async def rotate(self) -> str:
        """Make the next key; it is published now and signs in a minute. Returns its id."""
        key = generate_key()
        async with self._rt.db.tx(INSTALLATION) as tx:
            await self._sow(tx)
            await self._insert(tx, key, tx.wall + KEY_LEAD)
        await self.refresh(force=True)
        return str(key.kid)

    async def withdraw(self, kid: str) -> bool:
        """Take a key back at once, because it leaked: its tokens end within the time others keep keys (10 min).

        When it was the one that signs, another takes its place without the usual minute of notice.
        """
        async with self._rt.db.tx(INSTALLATION) as tx:
            await self._load(tx)
            signer = signing(self._keys, tx.wall)
            if signer is not None and signer.kid == kid:
                await self._insert(tx, generate_key(), tx.wall)
            done = await tx.raw.fetchval(
                "UPDATE ticketing.issuer_keys SET withdrawn_at = $3 WHERE org_id = $1 AND kid = $2 "
                "AND withdrawn_at IS NULL RETURNING kid",
                INSTALLATION,
                kid,
                tx.wall,
            )
        await self.refresh(force=True)
        return done is not None

    async def access_token(
        self,
        *,
        sub: UUID,
        org: UUID,
        roles: frozenset[str],
        units: frozenset[UUID],
        scope: frozenset[str] = frozenset(),
        sid: UUID | None = None,
        life: timedelta = ACCESS_LIFE,
    ) -> str:
        """Sign an access token. Raises NoIssuerKey on an installation whose tokens come from elsewhere."""
        await self.refresh()
        key = signing(self._keys, clock.wall())
        if key is None:
            raise NoIssuerKey
        claims = user_claims(
            sub=sub, org=org, roles=roles, units=units, scope=scope, issuer=self._rt.settings.issuer
        )
        if sid is not None:
            claims["sid"] = str(sid)
        return mint_token(self._private[key.kid], claims, life)


def issuer_of(rt: Runtime) -> Issuer:
    """This process's issuer."""
    found: Issuer | None = rt.state.get(_STATE)
    if found is None:
        found = rt.state[_STATE] = Issuer(rt)
    return found


async def published_keys(rt: Runtime) -> Mapping[str, Any]:
    """The JWKS, for the service's own key ring."""
    return await issuer_of(rt).jwks()
