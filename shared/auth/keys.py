"""EC P-256 keys as JSON Web Keys: made, read, published. Private parts leave this module only by `export_private`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import uuid4

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

ALGORITHM: Final = "ES256"
SERVICE_KID_PREFIX: Final = "service:"

Jwk = dict[str, Any]
Jwks = dict[str, list[Jwk]]


class BadKey(ValueError):
    """Not a usable EC P-256 JSON Web Key with a key id."""


def generate_key(kid: str | None = None) -> ECKey:
    """A new P-256 signing key; `kid` defaults to a random one (issuers), services name theirs `service:<name>`."""
    return ECKey.generate_key("P-256", parameters={"kid": kid or uuid4().hex, "use": "sig", "alg": ALGORITHM})


def service_kid(service: str) -> str:
    """The key id of a service's own signing key."""
    return SERVICE_KID_PREFIX + service


def import_key(jwk: Mapping[str, Any] | str) -> ECKey:
    """Read a key, private or public, from a JWK (mapping or JSON text). Raises BadKey."""
    try:
        data = json.loads(jwk) if isinstance(jwk, str) else dict(jwk)
        if not isinstance(data, dict) or data.get("kty") != "EC" or data.get("crv") != "P-256":
            raise BadKey("an EC key on the curve P-256 is wanted")
        if not isinstance(data.get("kid"), str) or not data["kid"]:
            raise BadKey("the key has no kid")
        return ECKey.import_key(data)
    except (JoseError, ValueError, KeyError, TypeError) as problem:
        if isinstance(problem, BadKey):
            raise
        raise BadKey(f"not a JSON Web Key: {problem}") from problem


def load_private_key(jwk: Mapping[str, Any] | str) -> ECKey:
    """Read a signing key. Raises BadKey, also for a public half, with which nothing can be signed."""
    key = import_key(jwk)
    if not key.is_private:
        raise BadKey("the private key is wanted, this is the public half")
    return key


def export_private(key: ECKey) -> str:
    """The whole key as JSON text, for a secret store or a settings file readable by the service alone."""
    return json.dumps(key.as_dict(private=True), sort_keys=True)


def public_jwk(key: ECKey) -> Jwk:
    """The public half, fit to be published."""
    return dict(key.as_dict(private=False))


def public_jwks(keys: Iterable[ECKey]) -> Jwks:
    """A JWKS document of the public halves."""
    return {"keys": [public_jwk(key) for key in keys]}


def read_jwks(document: Mapping[str, Any] | str | None) -> dict[str, ECKey]:
    """The usable P-256 keys of a JWKS document by kid; keys of other kinds are skipped, as RFC 7517 §5 asks.

    Raises BadKey when the document itself is no JWKS. None or "" is an empty set.
    """
    if not document:
        return {}
    try:
        data = json.loads(document) if isinstance(document, str) else document
    except ValueError as problem:
        raise BadKey("not JSON") from problem
    if isinstance(data, list):
        data = {"keys": data}
    if not isinstance(data, Mapping) or not isinstance(data.get("keys"), list):
        raise BadKey("a JWKS document has a list named keys")
    found: dict[str, ECKey] = {}
    for jwk in data["keys"]:
        try:
            key = import_key(jwk)
        except BadKey:
            continue
        found[str(key.kid)] = key
    return found
