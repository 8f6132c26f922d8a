"""`steward token`: a development token, signed with the data folder's own issuer key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from deploy.local.failures import DevelopmentSecrets, Unsuitable
from deploy.local.folder import DataFolder


def token(
    *,
    data: Path,
    role: str,
    org: UUID | None,
    units: Sequence[UUID],
    subject: UUID | None,
    ttl: timedelta,
    scope: Sequence[str] = (),
) -> str:
    """The signed token. Without `org`: of the only organisation; without `units`: all of it for staff.

    Raises Unsuitable (unknown role, several organisations), FolderBroken (no secrets yet).
    """
    from deploy.local.secrets import load
    from shared.auth.keys import import_key
    from shared.auth.roles import EMPLOYED, ROLES
    from shared.auth.tokens import mint_token, user_claims

    folder = DataFolder(data)
    secrets = load(folder)
    if not secrets.development:
        raise DevelopmentSecrets("生产环境不签发开发令牌。", "No development tokens are made in production.")
    if role not in ROLES:
        raise Unsuitable(
            f"没有角色“{role}”；可用：{'、'.join(ROLES)}。",
            f"There is no role '{role}'; there are {', '.join(ROLES)}.",
        )
    org = org or only_organisation(folder)
    # The root org unit has the id of its organisation.
    within = list(units) or ([org] if role in EMPLOYED else [])
    claims = user_claims(sub=subject or uuid4(), org=org, roles=[role], units=within, scope=scope)
    return mint_token(import_key(secrets.issuer_key), claims, ttl)


def only_organisation(folder: DataFolder) -> UUID:
    """The organisation that is meant when none is named. Raises Unsuitable unless there is exactly one."""
    from deploy.local.database import organisations

    known = organisations(folder)
    if len(known) != 1:
        raise Unsuitable(
            f"有 {len(known)} 个组织，请用 --org 指明。",
            f"There are {len(known)} organisations: name one with --org.",
        )
    return UUID(next(iter(known)))
