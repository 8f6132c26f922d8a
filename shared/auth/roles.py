"""The roles that a token may carry, with the names people read. Finer duties (archivist, key keeper, …) are dated
designations in the register, not roles: they change hands without a new token."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RESIDENT: Final = "resident"
INTEGRATOR: Final = "integrator"
OPS: Final = "ops"
ADMIN: Final = "admin"
#: Has originals produced and reads what numbers rest on; works on nothing, and so is none of the staff.
AUDITOR: Final = "auditor"
#: The pseudo-role of every service token; `service:<name>` stands beside it, for powers of one service only.
SERVICE: Final = "service"

ROLES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        RESIDENT: ("住户", "resident"),
        "clerk": ("客服专员", "customer service clerk"),
        "butler": ("楼宇管家", "building butler"),
        "engineer": ("维修工程人员", "maintenance engineer"),
        "security": ("秩序维护员", "security guard"),
        "supervisor": ("客服主管", "customer service supervisor"),
        "cs_manager": ("客服部经理", "customer service manager"),
        "project_manager": ("项目经理", "project manager"),
        "qa": ("品质督导", "quality assurance"),
        "safety": ("安全主管", "safety officer"),
        "finance": ("财务人员", "finance"),
        "legal": ("法务人员", "legal"),
        "hr": ("人力资源", "human resources"),
        "gm": ("总经理", "general manager"),
        AUDITOR: ("审计人员", "auditor"),
        INTEGRATOR: ("系统集成方", "integrator"),
        OPS: ("运维人员", "operations"),
        ADMIN: ("系统管理员", "administrator"),
    }
)

#: Everybody who works for the organisation: a resident or an integrator is not staff, nor is who audits it.
STAFF: Final[frozenset[str]] = frozenset(ROLES) - {RESIDENT, INTEGRATOR, AUDITOR}
#: Whom the organisation gives an account: staff and auditors.
EMPLOYED: Final[frozenset[str]] = STAFF | {AUDITOR}


def is_role(name: str) -> bool:
    """Whether `name` is a role that a user's token may carry (service pseudo-roles are not)."""
    return name in ROLES
