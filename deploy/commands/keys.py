"""`steward keys`: new keys of all kinds for a production environment, as lines of an environment file."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator


def lines() -> Iterator[str]:
    """One line per variable; private keys of a service belong into that service's own file."""
    from shared.auth.keys import export_private, generate_key, public_jwks, service_kid
    from shared.settings import SERVICES

    keys = {service: generate_key(service_kid(service)) for service in SERVICES}
    yield f"STEWARD_DATABASE_SEED={secrets.token_hex(32)}"
    yield f"STEWARD_MASTER_KEY={secrets.token_hex(32)}"
    yield f"STEWARD_LINK_KEY={secrets.token_hex(32)}"
    yield f"STEWARD_SERVICE_JWKS={json.dumps(public_jwks(keys.values()))}"
    yield f"STEWARD_TICKETING_ISSUER_KEY={export_private(generate_key())}"
    for service, key in keys.items():
        yield f"STEWARD_{service.upper()}_SERVICE_KEY={export_private(key)}"
