"""Duties that are handed out by date: roles, designations, skills; who may hand out which (D-017 … D-048, D-069).

Roles stand in the token. Designations and skills do not: they change hands without a new sign-in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

ROLE: Final = "role"
DESIGNATION: Final = "designation"
SKILL: Final = "skill"

#: Those who manage a department: what a designation needs at least.
_HEADS: Final = frozenset({"cs_manager", "project_manager", "gm", "hr", "admin"})
_LEADS: Final = _HEADS | {"supervisor"}
#: Above the customer service manager, who may only propose for the deputy (D-018).
ABOVE: Final = frozenset({"project_manager", "gm", "hr", "admin"})
#: Whoever holds one of the first two could give themselves everything else; an auditor is named by nobody whose work
#: they audit.
GUARDED_ROLES: Final = frozenset({"admin", "ops", "auditor"})
#: What the customer service manager hands out: up to and including team leaders (D-017).
_CREW: Final = frozenset({"clerk", "butler"})


@dataclass(frozen=True, slots=True)
class Duty:
    """A designation: its names, who decides it, and whether one org unit has one holder at a time."""

    zh: str
    en: str
    decides: frozenset[str]
    single: bool = False


DESIGNATIONS: Final[Mapping[str, Duty]] = MappingProxyType(
    {
        # row: D-034, D-046, C-079 the supervisor designates the archivist
        "archivist": Duty("档案管理员", "archivist", _LEADS),
        # row: D-034, D-048 the supervisor designates who makes follow-up calls
        "follow_up_caller": Duty("回访专员", "follow-up caller", _LEADS),
        # row: D-047, C-088 the keys of an org unit are one person's
        "key_keeper": Duty("钥匙管理员", "key keeper", _LEADS, single=True),
        "repair_receptionist": Duty("报修接待员", "repair receptionist", _LEADS),
        "duty_lead": Duty("值班负责人", "duty lead", _LEADS),
        # row: D-017 the manager appoints up to and including team leaders
        "team_leader": Duty("班组长", "team leader", _HEADS),
        # row: D-019 the manager decides who is hired for a time
        "temporary_worker": Duty("临时工", "temporary worker", _HEADS),
        # row: D-018, D-084 the deputy manager is decided above the manager, who may propose
        "deputy_manager": Duty("客服部副经理", "deputy manager", ABOVE, single=True),
        # row: D-069 the site head signs letters with employees by delegation
        "site_head": Duty("现场负责人", "site head", ABOVE, single=True),
        "branch_inspector": Duty("区域督查员", "branch inspector", ABOVE),
        "deputy": Duty("代理", "deputy", _LEADS),
    }
)

SKILLS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "water": ("水", "plumbing"),
        "electricity": ("电", "electricity"),
        "lift": ("电梯", "lift"),
        "gas": ("燃气", "gas"),
        "heating": ("暖通", "heating and air"),
        "fire": ("消防", "fire protection"),
        "weak_current": ("弱电", "low voltage"),
        "carpentry": ("木工", "carpentry"),
        "masonry": ("土建", "masonry"),
        "greening": ("绿化", "greening"),
        "cleaning": ("保洁", "cleaning"),
    }
)


def is_known(kind: str, code: str, roles: Collection[str]) -> bool:
    """Whether there is such a duty; ``roles`` are those that staff may hold."""
    return code in (roles if kind == ROLE else DESIGNATIONS if kind == DESIGNATION else SKILLS)


def deciders(kind: str, code: str) -> frozenset[str]:
    """The roles whose holders decide about a duty; everybody else may at most propose."""
    if kind == SKILL:
        return _LEADS
    if kind == DESIGNATION:
        return DESIGNATIONS[code].decides
    if code in GUARDED_ROLES:
        return frozenset({"admin"})
    # row: D-017, D-009 crew is the manager's; the responsible person and whoever leads others are decided above
    return _HEADS if code in _CREW else ABOVE


def may_decide(actor_roles: Collection[str], kind: str, code: str) -> bool:
    """Whether somebody with these roles hands out, or takes away, a duty."""
    return not deciders(kind, code).isdisjoint(actor_roles)


def may_propose(kind: str, code: str) -> bool:
    """Whether a duty can be proposed to those above: not what only an administrator gives."""
    return not (kind == ROLE and code in GUARDED_ROLES)


def is_single(kind: str, code: str) -> bool:
    """Whether an org unit has one holder of it at a time."""
    return kind == DESIGNATION and DESIGNATIONS[code].single
