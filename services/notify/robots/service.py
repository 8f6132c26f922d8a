"""Entering robots, within one's org units and only at their providers' hosts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.engine import Row

from services.notify.accounts import repository as accounts
from services.notify.channels import robot
from services.notify.domain.account_errors import NoSuchOrgUnit, NoSuchRobot, RobotElsewhere, RobotKnown
from services.notify.robots import repository
from services.notify.robots.schemas import RobotIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7


async def reach(tx: Tx, who: Principal) -> set[UUID] | None:
    """The org units at or below the caller's, as far as communities lie under them; None for all."""
    if who.org in who.units:
        return None
    mine = set(who.units)
    found = set(mine)
    for path in await repository.paths(tx, mine):
        first = min(path.index(unit) for unit in mine if unit in path)
        found.update(path[first:])
    return found


async def add(tx: Tx, who: Principal, body: RobotIn) -> Row[Any]:
    """Enter a robot.

    Raises:
        NoSuchOrgUnit: not within the caller's.
        RobotElsewhere: an address that is no robot's provider.
        RobotKnown: the same address is entered already.
    """
    mine = await reach(tx, who)
    if mine is not None and body.org_unit_id not in mine:
        raise NoSuchOrgUnit()
    try:
        url = urlsplit(body.url)
        allowed = robot.settings().allows(url.scheme, url.hostname or "") and url.username is None
    except ValueError:
        allowed = False
    if not allowed:
        field = FieldError("url", "不是所接入平台的机器人地址", "not the address of a robot of these providers")
        raise RobotElsewhere(fields=[field])
    robot_id = uuid7()
    row = {
        "id": robot_id,
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "name": body.name,
        "org_unit_id": body.org_unit_id,
        "classes": sorted(set(body.classes)),
        "locale": body.locale,
    }
    await repository.add(tx, row)
    if not await accounts.put_sealed(tx, robot_id, body.kind, body.url, {"url": body.url, "secret": body.secret}):
        raise RobotKnown()
    tx.audit("robot.add", "robot", robot_id, after={"name": body.name, "org_unit_id": body.org_unit_id})
    found = await repository.one(tx, robot_id)
    assert found is not None  # added above
    return found


async def remove(tx: Tx, who: Principal, robot_id: UUID) -> None:
    """Forget a robot. Raises NoSuchRobot (404), also for one of another's org unit."""
    row = await repository.one(tx, robot_id)
    mine = await reach(tx, who)
    if row is None or (mine is not None and row.org_unit_id not in mine):
        raise NoSuchRobot()
    await repository.remove(tx, robot_id)
    tx.audit("robot.remove", "robot", robot_id, before={"name": row.name, "org_unit_id": row.org_unit_id})
