"""Wordings of an organisation: what is in force, and how a version comes to be."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy.engine import Row

from services.notify.domain.own_templates import is_own
from services.notify.errors import NoDraft, TemplateUnknown, VersionUnknown, WordingWrong
from services.notify.templating import repository as providers
from services.notify.templating.library import MessageTemplate, library, reworded, template_of
from services.notify.wording import own, repository
from services.notify.wording.checking import unknown, wrong
from services.notify.wording.schemas import DraftIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import LostUpdate

log = structlog.get_logger(__name__)


@lru_cache(maxsize=512)
def _built(version_id: UUID, code: str, number: int, packed: bytes, of: bytes | None) -> MessageTemplate:
    """A version, ready to run: compiling its texts takes longer than a message. Where the template has lost a variable
    since, its own text is sent: a message in other words is better than none. `of` is the template that the
    organisation added, None for one of ours."""
    template, wordings = template_of(code) if of is None else own.unpacked(of), orjson.loads(packed)
    if of is None and unknown(template, wordings):
        log.warning("template.wording_outdated", template=code, number=number)
        return template
    return reworded(template, version_id, number, wordings)


def _of(row: Any, of: bytes | None) -> MessageTemplate:
    return _built(row.id, row.template, row.number, orjson.dumps(row.wordings), of)


async def in_force(tx: Tx, codes: Collection[str]) -> Mapping[str, MessageTemplate]:
    """These templates with the organisation's wording, where it has published one. TemplateUnknown (404), also for one
    of its own that has no words yet."""
    theirs = [code for code in codes if is_own(code)]
    mine = {row.code: own.packed(row) for row in (await repository.own(tx, theirs) if theirs else ())}
    found = {code: template_of(code) for code in codes if not is_own(code)}
    worded = {row.template: _of(row, mine.get(row.template)) for row in await repository.in_force(tx, codes)}
    for code in theirs:
        if code not in mine or code not in worded:
            raise TemplateUnknown(code=code)
    return found | worded


async def all_in_force(tx: Tx) -> Mapping[str, MessageTemplate]:
    """All templates as they are sent now, with those of the organisation's own that have words."""
    mine = {row.code: own.packed(row) for row in await own.usable(tx)}
    worded = await repository.in_force(tx, [*library(), *mine])
    return {**library(), **{row.template: _of(row, mine.get(row.template)) for row in worded}}


async def approved(tx: Tx, code: str, version_id: UUID | None) -> MessageTemplate:
    """A template in the wording that was approved with something; None is the one that comes with the product."""
    row = None if version_id is None else await repository.by_id(tx, version_id)
    if row is None:
        return template_of(code)
    return _of(row, own.packed(await own.find(tx, code)) if is_own(code) else None)


async def numbered(tx: Tx, code: str, number: int | None) -> MessageTemplate:
    """A version of a template, drafts included; None is the one in force, 0 the one that comes with the product.

    Raises TemplateUnknown or VersionUnknown (404).
    """
    of = own.packed(await own.find(tx, code)) if is_own(code) else None
    if of is None:
        template_of(code)
    if number is None:
        return (await in_force(tx, [code]))[code]
    if number == 0 and of is None:
        return template_of(code)
    row = await repository.numbered(tx, code, number)
    if row is None:
        raise VersionUnknown(code=code, number=number)
    return _of(row, of)


async def versions(tx: Tx, code: str, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """The organisation's versions of a template, the newest first; TemplateUnknown (404)."""
    return await repository.page(tx, (await own.template(tx, code)).code, before, limit)


async def keep(tx: Tx, who: Principal, code: str, body: DraftIn, if_match: int | None) -> Row[Any]:
    """Keep a draft in place of the one there is.

    Raises:
        TemplateUnknown: no template has this code (404).
        WordingWrong: the fields name what cannot be sent (422).
        LostUpdate: the draft is not the one that was read (412).
    """
    template = await own.template(tx, code)
    wordings = body.model_dump()
    signatures = [row.signature for row in await providers.of_template(tx, code)]
    problems = wrong(template, wordings, max(signatures, key=len, default=""))
    if problems:
        raise WordingWrong(fields=problems, code=code)
    old = await repository.draft(tx, code)
    _unmoved(old, if_match)
    if old is None:
        version_id = await repository.add(tx, code, wordings, who.sub)
    else:
        version_id = old.id
        await repository.change(tx, old, {"wordings": wordings, "written_by": who.sub})
    tx.audit("template.draft", "template_version", version_id, after={"template": code})
    row = await repository.by_id(tx, version_id)
    assert row is not None  # written above
    return row


async def drop(tx: Tx, who: Principal, code: str, if_match: int | None) -> None:
    """Drop the draft. Raises TemplateUnknown or NoDraft (404), LostUpdate (412)."""
    old = await _draft(tx, code, if_match)
    await repository.remove(tx, old.id)
    tx.audit("template.drop", "template_version", old.id, before={"template": code, "number": old.number})


async def publish(tx: Tx, who: Principal, code: str, if_match: int | None) -> Row[Any]:
    """Put the draft in force: whatever is told from now on is told so. What was told before names its own version, and
    a campaign that was asked for keeps the wording it was asked with.

    Raises TemplateUnknown or NoDraft (404), LostUpdate (412), and WordingWrong (422) where a provider's longer
    signature has come between.
    """
    old = await _draft(tx, code, if_match)
    signatures = [row.signature for row in await providers.of_template(tx, code)]
    problems = wrong(await own.template(tx, code), old.wordings, max(signatures, key=len, default=""))
    if problems:
        raise WordingWrong(fields=problems, code=code)
    values = {"state": repository.PUBLISHED, "published_at": tx.now, "published_by": who.sub}
    await repository.change(tx, old, values)
    tx.audit("template.publish", "template_version", old.id, after={"template": code, "number": old.number})
    row = await repository.by_id(tx, old.id)
    assert row is not None  # locked above
    return row


async def _draft(tx: Tx, code: str, if_match: int | None) -> Row[Any]:
    old = await repository.draft(tx, (await own.template(tx, code)).code)
    if old is None:
        raise NoDraft(code=code)
    _unmoved(old, if_match)
    return old


def _unmoved(row: Row[Any] | None, if_match: int | None) -> None:
    if if_match is not None and (row is None or row.version != if_match):
        raise LostUpdate()
