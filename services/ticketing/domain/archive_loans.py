"""Who looks at owner files on paper, and by whose permission (C-082, C-083, AMB-063)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from shared.errors import Conflict, Forbidden, Malformed, NotFound

KINDS: Final = ("consult", "borrow")
STATES: Final = ("asked", "permitted", "refused", "out", "returned")
#: The company's departments above an office: what they check for a purpose of theirs needs no permission of it.
SUPERIORS: Final = frozenset({"gm", "qa", "safety", "hr", "finance", "legal"})

_NEXT: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("asked", "permit"): "permitted",
        ("asked", "refuse"): "refused",
        # row: C-082 nothing leaves the archive without permission
        ("permitted", "hand_out"): "out",
        ("out", "take_back"): "returned",
    }
)


def after(state: str, step: str) -> str | None:
    """The state that a step leads to; None where it does not follow."""
    return _NEXT.get((state, step))


def first_state(roles: Collection[str], ad_hoc_check: bool) -> str:
    """A request waits for the office manager's permission; an ad-hoc check by a superior department does not.

    The sentence of the document names the exemption after the permission and can be read either way: superiors' ad-hoc
    checks and similar special cases are what is exempt.

    Raises:
        NoSuperior: an ad-hoc check of somebody who stands in no superior department.
    """
    if not ad_hoc_check:
        return "asked"
    # row: AMB-063, C-083 exempt are ad-hoc checks of superior departments, and of nobody else
    if SUPERIORS.isdisjoint(roles):
        raise NoSuperior()
    return "permitted"


class NoSuchArchiveLoan(NotFound):
    """Unknown, or of a community outside the caller's reach."""

    code = "ticketing.archive_loan.unknown"
    zh = "没有这条档案查阅借阅记录，或者您无权查看"
    en = "There is no such request within your reach"


class ArchiveLoanInvalid(Malformed):
    """What it says cannot be; the fields say which."""

    code = "ticketing.archive_loan.invalid"
    zh = "查阅借阅内容有误，请按提示修改"
    en = "The request is not valid; see the fields"


class ArchiveLoanMoved(Conflict):
    """The step does not follow on where it stands."""

    code = "ticketing.archive_loan.not_now"
    zh = "该查阅借阅目前不能这样处理（状态：{state}）"
    en = "This is not possible now (it is {state})"


class ArchiveLoanOwn(Forbidden):
    """Nobody permits their own request."""

    code = "ticketing.archive_loan.own"
    zh = "不能批准自己的查阅借阅申请"
    en = "Nobody permits what they asked for themselves"


class NoSuperior(Forbidden):
    """An ad-hoc check is a superior department's."""

    code = "ticketing.archive_loan.no_superior"
    zh = "仅公司上级部门的临时性检查可免予批准，请按查阅借阅申请"
    en = "Only ad-hoc checks of superior departments need no permission; ask for it"
