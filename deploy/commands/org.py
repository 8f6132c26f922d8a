"""`steward org create` and `steward admin create`: what an installation needs before anybody can sign in."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from deploy.local.folder import DataFolder


def create_org(data: Path, name: str) -> str:
    """Make an organisation with its root org unit on a running stack; returns its id."""
    from deploy.local.database import create_organisation, remember_organisation

    folder = DataFolder(data)
    adopt_environment(folder)
    org_id = asyncio.run(create_organisation(name))
    remember_organisation(folder, org_id, name)
    return org_id


def create_admin(data: Path, name: str, org: UUID | None, ttl: timedelta) -> tuple[str, str]:
    """Enter an administrator in the register; returns the person's id and a first token."""
    import httpx

    from deploy.commands.token import only_organisation, token

    folder = DataFolder(data)
    state = folder.running()
    org = org or only_organisation(folder)
    bootstrap = token(data=data, role="admin", org=org, units=(), subject=None, ttl=timedelta(minutes=5))
    answer = httpx.post(
        f"{state['gateway']}/ticketing/v1/staff/bulk",
        json={"source": "steward", "items": [admin_row(name, org)]},
        headers={"Authorization": f"Bearer {bootstrap}"},
        timeout=30,
    )
    answer.raise_for_status()
    person = UUID(answer.json()["items"][0]["id"])
    return str(person), token(data=data, role="admin", org=org, units=(), subject=person, ttl=ttl)


def admin_row(name: str, org: UUID) -> dict[str, Any]:
    """The administrator as the register takes one: they see the root org unit, which has its organisation's id.

    Without it they would sign in and find nothing, for tokens of a sign-in carry the units of the register.
    """
    return {"external_id": f"admin:{name}", "name": name, "roles": ["admin"], "units": [str(org)]}


def adopt_environment(folder: DataFolder) -> None:
    """Take on the environment of the stack's processes: this command runs a service's own code."""
    from deploy.local.environment import process_environment
    from deploy.local.secrets import load

    state = folder.running()
    clock = state.get("simulated_clock")
    os.environ |= process_environment(
        secrets=load(folder),
        mode=state["mode"],
        admin_url=state["urls"]["database"],
        redis_url=state["urls"]["redis"],
        ports=state["ports"],
        gateway=state["gateway"],
        clock=Path(clock) if clock else None,
    )
