"""The issuer's keys: published where OpenID Connect wants them, rotated and withdrawn by those who run the house."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from pydantic import Field

from services.ticketing.sessions.context import settled
from services.ticketing.sessions.errors import KeysOfAll, NoSuchKey
from services.ticketing.sessions.issuer import issuer_of
from services.ticketing.sessions.secrets import INSTALLATION
from shared.auth import Principal, allow
from shared.db import organisations
from shared.http.routing import own_transactions, problems, service_router
from shared.http.schemas import Output, UtcTime

PATH = "/.well-known/jwks.json"

router = service_router(prefix="/v1/issuer-keys", tags=["sessions"])

Keeper = Annotated[Principal, allow("issuer.rotate")]


class IssuerKeyOut(Output):
    """A signing key, without its private half."""

    kid: str
    signs_from: UtcTime
    signing: Annotated[bool, Field(description="New tokens are signed by this one")]
    published: Annotated[bool, Field(description="Its tokens are accepted")]


class IssuerKeysOut(Output):
    """All signing keys, oldest first."""

    items: list[IssuerKeyOut]


async def _demand_installation(request: Request, who: Principal) -> None:
    """Only the installation's own operators, or the operators of its only organisation. Raises KeysOfAll."""
    if who.org == INSTALLATION:
        return
    runtime = request.app.state.runtime
    async with runtime.db.plain() as raw:
        known = await organisations.known(raw, runtime.spec.name)
    if set(known) - {who.org, INSTALLATION}:
        raise KeysOfAll


async def _listed(request: Request) -> IssuerKeysOut:
    found = await issuer_of(request.app.state.runtime).listed()
    return IssuerKeysOut(
        items=[
            IssuerKeyOut(kid=key.kid, signs_from=key.signs_from, signing=signs, published=shown)
            for key, signs, shown in found
        ]
    )


@router.get("", operation_id="list_issuer_keys")
async def list_keys(request: Request, who: Keeper) -> IssuerKeysOut:
    """The keys that sign users' tokens."""
    return await _listed(request)


@router.post("/rotate", operation_id="rotate_issuer_key")
@own_transactions  # of the installation, not of the caller's organisation
async def rotate(request: Request, who: Keeper) -> IssuerKeysOut:
    """Make the next key: published now, signing in a minute; nobody is signed out."""
    await _demand_installation(request, who)
    await settled(issuer_of(request.app.state.runtime).rotate)
    return await _listed(request)


@router.post("/{kid}/withdraw", operation_id="withdraw_issuer_key", responses=problems(404))
@own_transactions
async def withdraw(kid: str, request: Request, who: Keeper) -> IssuerKeysOut:
    """Take back a key that leaked: tokens it signed end within ten minutes, sessions go on."""
    await _demand_installation(request, who)
    if not await settled(lambda: issuer_of(request.app.state.runtime).withdraw(kid)):
        raise NoSuchKey
    return await _listed(request)


def publish_keys(app: FastAPI) -> None:
    """Serve the public halves at the root, without a token; an installation with a foreign issuer publishes none."""

    async def jwks(request: Request, response: Response) -> dict[str, Any]:
        # Short: a withdrawn key must not live on in a cache.
        response.headers["Cache-Control"] = "public, max-age=60"
        return dict(await settled(issuer_of(request.app.state.runtime).jwks))

    app.add_api_route(PATH, jwks, methods=["GET"], include_in_schema=False)
