"""Writes `docs/powers.md`: which roles hold which power, and which endpoints ask for it.

`python -m deploy.powers` (`make powers`) writes it, `--check` only says whether it is as the code has it. It is read
out of the services' powers and routes; the tests walk the same list with every role.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Route

from deploy.openapi import application
from shared.auth.roles import ROLES, SERVICE, STAFF
from shared.http.routing import StewardRoute
from shared.settings import SERVICES

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "powers.md"

#: Powers that no route names, because whether they are wanted depends on what is asked: service, power -> where.
#: The service "" stands for all of them.
ASKED_WITHIN: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("", "ops.metrics"): "`GET /metrics` through the gateway 经网关访问时",
        ("ticketing", "session.end_others"): "`POST /v1/sessions/end-all` with another's `subject_id` 下线他人时",
    }
)

#: The catalogue's rows of roles that a power stands for, where one evidently does.
ROWS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "account.read": "D-063",
        "approval.ask": "D-023",
        "approval.decide": "D-001, D-083",
        "approval.ladders": "D-001, D-083",
        "archive.check": "D-046",
        "archive.read": "D-046, D-079",
        "archive.write": "D-046, D-079",
        "assignment.write": "D-017, D-018, D-019, D-034, D-084",
        "bill.read": "D-061, D-062, D-063",
        "collection_rate.read": "D-061, D-099",
        "credential.own": "D-073, D-074",
        "dunning.plan": "D-042",
        "dunning.record": "D-042",
        "legal_packet.read": "D-062",
        "legal_packet.submit": "D-036",
        "household.activate": "D-063, D-076",
        "household.admit": "D-063",
        "household.bind": "D-063, D-076",
        "household.codes": "D-076",
        "household.decide": "D-076",
        "household.end": "D-063",
        "letter.read": "D-099",
        "letter.write": "D-009, D-013, D-053",
        "people.erase": "D-075",
        "people.merge": "D-075, D-076",
        "consent.own": "D-076",
        "people.export": "D-075, D-077",
        "people.open": "D-075, D-076",
        "people.opened": "D-075, D-080",
        "people.read": "D-075, D-076",
        "revisit.assign": "D-034",
        "revisit.attempt": "D-048",
        "scorecard.freeze": "D-013, D-053",
        "scorecard.read": "D-099",
        "attendance.read": "C-143, C-144",
        "bar.write": "D-086",
        "leave.ask": "C-145",
        "roster.check": "B-031",
        "roster.write": "C-147",
        "session.own": "D-073",
        "staff.write": "D-009",
        "survey.answer": "D-063",
        "survey.approve": "D-003",
        "ticket.complete": "D-049",
        "ticket.create": "D-045, D-063",
        "ticket.dispatch": "D-045",
        "ticket.rate": "D-063",
        "ticket.sign": "D-063, D-085",
    }
)

_INTRODUCTION: Final = """\
# Powers 权限

Who may call what. Written by `make powers` from each service's `powers.py` and routes; a test walks every endpoint
with every role and compares. 谁可以调用哪个接口；由代码生成，并由测试逐一核对。

- Without a token every endpoint but the public ones answers 401; without the power 403, before anything is looked up.
  无令牌 401；无权限 403，且先于任何查询。
- With the power, what lies outside the caller's reach answers 404: another organisation, an org unit beside one's own,
  another dwelling. 有权限但不在范围内（其他组织、其他部门或小区、他人房屋）一律 404。
- A connected system (`integrator`) holds the powers that are the scopes of its token, whatever stands below.
  系统集成方的权限以其令牌的 scope 为准。
- `service` are the other services; `service:<name>` is one of them. `service` 指其他服务。
- D-… are rows of the catalogue of roles. D-… 为岗位职责目录的条目。

| role | 角色 | |
|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path, with what it asks of its caller."""

    service: str
    method: str
    path: str
    operation: str
    powers: tuple[str, ...]
    public: bool

    @property
    def name(self) -> str:
        """As people write it: `GET /ticketing/v1/tickets`."""
        return f"{self.method} {self.path}"


def endpoints(service: str, app: FastAPI) -> list[Endpoint]:
    """Everything an app answers, HEAD and OPTIONS aside, in the order of paths.

    Routes that the house's route class does not guard (key set, OpenAPI document) count as public.
    """
    found = []
    for route in app.routes:
        if not isinstance(route, Route | APIRoute):
            raise TypeError(f"{service}: a route of a sort that nobody checks: {route}")
        powers = route.powers if isinstance(route, StewardRoute) else ()
        public = route.is_public if isinstance(route, StewardRoute) else True
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
            name = str(getattr(route, "operation_id", None) or route.name)
            found.append(Endpoint(service, method, route.path, name, powers, public))
    return sorted(found, key=lambda e: (e.path, e.method))


def as_markdown() -> str:
    """The page."""
    parts = [_INTRODUCTION + "".join(f"| `{code}` | {zh} | {en} |\n" for code, (zh, en) in ROLES.items())]
    parts.extend(_chapter(service, application(service)) for service in SERVICES)
    return "\n".join(parts)


def _chapter(service: str, app: FastAPI) -> str:
    known = endpoints(service, app)
    lines = [f"## {service}", "", "| power 权限 | roles 角色 | endpoints 接口 | rows 条目 |", "|---|---|---|---|"]
    held: Mapping[str, frozenset[str]] = app.state.powers
    for power in sorted(held):
        asking = [_cell(service, e) for e in known if power in e.powers]
        asking += [text for (where, name), text in ASKED_WITHIN.items() if name == power and where in ("", service)]
        lines.append(f"| `{power}` | {_roles(held[power])} | {'<br>'.join(asking)} | {ROWS.get(power, '')} |")
    open_ones = "<br>".join(_cell(service, e) for e in known if e.public)
    lines.append(f"| *(public 公开)* | | {open_ones} | |")
    return "\n".join(lines) + "\n"


def _cell(service: str, endpoint: Endpoint) -> str:
    return f"`{endpoint.method} {endpoint.path.removeprefix(f'/{service}')}`"


def _roles(held: frozenset[str]) -> str:
    """Roles in the order of the list above; all employees, if it is all of them, as one word."""
    order = [*ROLES, SERVICE]
    rest = held
    named = []
    if held >= STAFF:
        rest = held - STAFF
        named.append("all staff 全体员工")
    named += sorted(rest, key=lambda role: (order.index(role) if role in order else len(order), role))
    return ", ".join(named)


def stale(page: Path = PAGE) -> bool:
    """Whether the page is not as the code has it."""
    return not page.exists() or page.read_text(encoding="utf-8") != as_markdown()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or with `--check` exit with 1 when it is stale."""
    parser = argparse.ArgumentParser(prog="python -m deploy.powers", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, say whether it is stale")
    options: Any = parser.parse_args(arguments)
    if not options.check:
        PAGE.write_text(as_markdown(), encoding="utf-8")
        print("docs/powers.md")
    elif stale():
        print("docs/powers.md is not as the code has it; refresh it with: make powers", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
