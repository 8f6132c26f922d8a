"""An OpenID provider: discovery, JWKS, and a token endpoint that checks PKCE (RFC 7636) and signs ID tokens."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from deploy.simulators._server import remember
from shared.clock import wall

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass
class User:
    """Somebody with a code; ``claims`` go into the ID token over the provider's own."""

    sub: str
    challenge: str | None = None
    claims: dict[str, Any] = field(default_factory=dict)


class Oidc:
    """Codes are made by the test; ``url`` is set when it is served."""

    def __init__(self, client_id: str = "steward", secret: str = "s3cret") -> None:
        self.client_id, self.secret = client_id, secret
        self.url = ""
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig", "alg": "RS256"})
        self.signer = self.key
        self.algorithm = "RS256"
        self.codes: dict[str, User] = {}
        self.seen: list[tuple[str, str, dict[str, Any]]] = []
        self.app = Starlette(
            routes=[
                Route(WELL_KNOWN, self._about, methods=["GET"]),
                Route("/keys", self._keys, methods=["GET"]),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def rotate(self) -> None:
        """Publish and use another key from now on."""
        self.key = self.signer = RSAKey.generate_key(2048, parameters={"kid": "two", "use": "sig", "alg": "RS256"})

    async def _about(self, request: Request) -> JSONResponse:
        await remember(self, request)
        about = {"issuer": self.url, "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys"}
        return JSONResponse(about)

    async def _keys(self, request: Request) -> JSONResponse:
        await remember(self, request)
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def _token(self, request: Request) -> JSONResponse:
        told = await remember(self, request)
        basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {basic}":
            return JSONResponse({"error": "invalid_client"}, 401)
        user = self.codes.pop(told.get("code", ""), None)
        if user is None or told.get("grant_type") != "authorization_code":
            return JSONResponse({"error": "invalid_grant"}, 400)
        verifier = told.get("code_verifier", "")
        shown = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        if user.challenge is not None and shown != user.challenge:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(wall().timestamp())
        claims = {"iss": self.url, "aud": self.client_id, "sub": user.sub, "iat": now, "exp": now + 300} | user.claims
        header = {"alg": self.algorithm, "kid": self.signer.kid}
        token = jwt.encode(header, claims, self.signer, algorithms=[self.algorithm])
        return JSONResponse({"access_token": "opaque", "token_type": "Bearer", "id_token": token, "expires_in": 300})
