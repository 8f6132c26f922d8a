"""An organisation's own templates: added with their first words, listed when these are in force, retired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from sqlalchemy.engine import Row

from services.notify.domain.own_templates import MOST, OWN, is_own, variables_of, wrong
from services.notify.errors import TemplateKnown, TemplatesTooMany, TemplateUnknown, WordingWrong
from services.notify.templating.library import MessageTemplate, template_of
from services.notify.wording import checking, repository
from services.notify.wording.schemas import OwnTemplateIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError

#: What is kept of one, as it is packed for a process to remember.
_KEPT: Final = ("code", "name", "message_class", "variables", "example")


def packed(row: Row[Any]) -> bytes:
    """A row as bytes."""
    return orjson.dumps({name: getattr(row, name) for name in _KEPT})


def unpacked(data: bytes) -> MessageTemplate:
    """A template without words: those are a version's."""
    return _template(orjson.loads(data))


def _template(kept: Mapping[str, Any]) -> MessageTemplate:
    return MessageTemplate(
        code=kept["code"],
        version=0,
        message_class=kept["message_class"],
        variables=variables_of(kept["variables"]),
        example=kept["example"],
        wordings={},
        name=kept["name"],
    )


async def find(tx: Tx, code: str) -> Row[Any]:
    """One of the organisation's, retired or not. Raises TemplateUnknown (404)."""
    found = await repository.own(tx, [code])
    if not found:
        raise TemplateUnknown(code=code)
    return found[0]


async def template(tx: Tx, code: str) -> MessageTemplate:
    """A template of ours, or one of the organisation's own as far as it never changes. Raises TemplateUnknown (404)."""
    return unpacked(packed(await find(tx, code))) if is_own(code) else template_of(code)


async def add(tx: Tx, who: Principal, body: OwnTemplateIn) -> Row[Any]:
    """Add a template with a draft of its words, which is published as any other.

    Raises:
        TemplateKnown: there is one of this code (409), also where two add it at once.
        TemplatesTooMany: there are as many as there may be (409).
        WordingWrong: the fields name what cannot be sent (422).
    """
    code = f"{OWN}{body.code}"
    kept = body.model_dump(include={"name", "message_class", "variables", "example"})
    problems = [FieldError(*one) for one in wrong(kept["variables"], body.example)]
    wordings = body.model_dump(include={"zh", "en"})
    problems = problems or checking.wrong(_template({**kept, "code": code}), wordings, "")
    if problems:
        raise WordingWrong(fields=problems, code=code)
    if await repository.count_own(tx) >= MOST:
        raise TemplatesTooMany(most=MOST)
    if not await repository.add_own(tx, {**kept, "code": code, "retired_at": None}):
        raise TemplateKnown(code=code)
    version_id = await repository.add(tx, code, wordings, who.sub)
    tx.audit("template.add", "template_version", version_id, after={"template": code, "name": body.name})
    row = await repository.by_id(tx, version_id)
    assert row is not None  # added above
    return row


async def retire(tx: Tx, who: Principal, code: str) -> None:
    """Let no new notice be written with it; what was asked for goes out. Raises TemplateUnknown (404)."""
    row = await find(tx, code)
    if row.retired_at is None:
        await repository.retire_own(tx, row)
        tx.audit("template.retire", "template", row.id, after={"template": code})


async def usable(tx: Tx) -> Sequence[Row[Any]]:
    """All that are not retired, by code."""
    return await repository.own(tx, None)
