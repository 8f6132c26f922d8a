"""A person's own choices of what reaches them outside the inbox."""

from __future__ import annotations

from collections.abc import Mapping

from services.notify.domain.restraint import NOW, RULES, may_opt_out
from services.notify.errors import ClassMandatory
from services.notify.preferences import repository
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError


async def mine(tx: Tx, who: Principal) -> dict[str, str]:
    """Every class with the caller's mode."""
    chosen = await repository.modes(tx, {who.sub}, set(RULES))
    return {code: chosen.get((who.sub, code), NOW) if may_opt_out(code) else NOW for code in RULES}


async def choose(tx: Tx, who: Principal, classes: Mapping[str, str]) -> dict[str, str]:
    """Change some; raises ClassMandatory (422) for a class that nobody may turn off, or that is none."""
    for code, mode in classes.items():
        if code not in RULES or (mode != NOW and not may_opt_out(code)):
            field = FieldError(f"classes.{code}", "此类消息不可更改", "this class cannot be changed")
            raise ClassMandatory(fields=[field], message_class=code)
    before = await mine(tx, who)
    await repository.choose(tx, who.sub, classes)
    after = {**before, **classes}
    tx.audit("preference.change", "person", who.sub, before=before, after=after)
    return after
