"""The issuer's public keys, at the address that OpenID Connect gives them: no service prefix, no token needed."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response

from shared.auth.keys import load_private_key, public_jwks
from shared.settings import ServiceSettings

PATH = "/.well-known/jwks.json"


def publish_keys(app: FastAPI, settings: ServiceSettings) -> None:
    """Serve the public half of the issuer's key; an installation with a foreign issuer publishes none."""
    document: dict[str, Any] = {"keys": []}
    if settings.issuer_key:
        document = dict(public_jwks([load_private_key(settings.issuer_key)]))

    async def jwks(request: Request, response: Response) -> dict[str, Any]:
        # Short: a withdrawn key must not live on in a cache.
        response.headers["Cache-Control"] = "public, max-age=60"
        return document

    app.add_api_route(PATH, jwks, methods=["GET"], include_in_schema=False)
