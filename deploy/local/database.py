"""What the database needs before the processes start: roles, schemas, migrations and a first organisation."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local import children
from deploy.local.failures import NotReady, ServerUnreachable
from deploy.local.folder import DataFolder, write_private
from deploy.local.process import tail
from deploy.local.secrets import Secrets
from shared.settings import SERVICES


def demand_reachable(database_url: str, redis_url: str) -> None:
    """Refuse (ServerUnreachable, without naming passwords) when a server does not accept connections."""
    demand_open("STEWARD_DATABASE_URL", database_url, 5432)
    demand_open("STEWARD_REDIS_URL", redis_url, 6379)


def demand_open(name: str, url: str, default: int) -> None:
    """Refuse (ServerUnreachable) when nobody listens where the variable `name` points."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or default
    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError as error:
        raise ServerUnreachable(
            f"{name} 指向的服务器 {host}:{port} 无法连接：{error}。",
            f"The server of {name}, {host}:{port}, cannot be reached: {error}.",
        ) from error


class Preparation:
    """Provisioning and migrations in a child of their own, so that the supervisor can import meanwhile and
    forks later from a process without threads or an event loop."""

    def __init__(self, folder: DataFolder, secrets: Secrets, admin_url: str) -> None:
        self.log = folder.logs / "migrate.log"
        self.pid = children.fork(lambda: migrate_all(admin_url, secrets.database_seed), log=self.log)

    def wait(self) -> None:
        """Until all is done. Raises NotReady with the end of the log."""
        _demand_success({self.pid: "migrate"}, self.log)


def migrate_all(admin_url: str, seed: str) -> None:
    """Roles and schemas, then the migrations of the four services side by side. Safe to repeat."""
    from shared.db import migrations
    from shared.db.provision import provision, role_url

    asyncio.run(provision(admin_url, SERVICES, seed))

    def one(service: str) -> Callable[[], None]:
        return lambda: migrations.migrate(service, role_url(admin_url, service, "owner", seed))

    _demand_success({children.fork(one(service), log=None): service for service in SERVICES}, None)


def _demand_success(pids: dict[int, str], log: Path | None) -> None:
    failed = []
    for pid, name in pids.items():
        if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0:
            failed.append(name)
    if failed:
        names = ", ".join(failed)
        where = (f"，日志 {log}：\n{tail(log)}", f"; {log} ends with:\n{tail(log)}") if log else ("。", ".")
        raise NotReady(
            f"数据库准备失败（{names}）{where[0]}", f"The database could not be prepared ({names}){where[1]}"
        )


# --- organisations


def organisations(folder: DataFolder) -> dict[str, str]:
    """The organisations made from this folder: id -> name."""
    try:
        found = json.loads((folder.path / "organisations.json").read_text())
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()}


def remember_organisation(folder: DataFolder, org_id: str, name: str) -> None:
    """Keep an organisation's id for `steward token`."""
    write_private(
        folder.path / "organisations.json",
        json.dumps({**organisations(folder), org_id: name}, indent=1, ensure_ascii=False) + "\n",
    )


def ensure_organisation(folder: DataFolder) -> None:
    """Make the one organisation of a first start; in the environment of the processes."""
    if organisations(folder):
        return
    reader, writer = os.pipe()

    def make() -> None:
        os.write(writer, asyncio.run(create_organisation("Steward")).encode())

    log = folder.logs / "migrate.log"
    pid = children.fork(make, log=log)
    os.close(writer)
    with os.fdopen(reader) as answer, contextlib.suppress(OSError):
        org_id = answer.read().strip()
    _demand_success({pid: "organisation"}, log)
    remember_organisation(folder, org_id, "Steward")


async def create_organisation(name: str) -> str:
    """An organisation with its root org unit, made by ticketing's own code; returns its id."""
    from services.ticketing.orgs.service import create_org

    return str(await create_org(children.service_settings("ticketing"), name))
