"""Where a timeline's lines come from: one function per slice, each a query of the same five columns.

To add a slice, write its function here (or beside its tables) and name it in ``SOURCES``; docs/howto says how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, DateTime, Select, Table, and_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from services.ticketing.models import (
    archive_check_items,
    archive_checks,
    archives,
    files,
    relations,
    revisits,
    survey_answers,
    survey_scope,
    surveys,
    ticket_signatures,
    tickets,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose story: units within the caller's reach, their cases, and the person it is about, if it is about one."""

    org_id: UUID
    unit_ids: Sequence[UUID]
    communities: Sequence[UUID]
    cases: ColumnElement[bool]
    person_id: UUID | None
    timezone: str
    now: datetime


def _lines(
    scope: Scope,
    table: Table,
    at: Any,
    id: Any,
    subject: Any,
    *conditions: ColumnElement[bool],
    of: Any = None,
    **data: Any,
) -> Select[Any]:
    pairs = [part for name, column in data.items() for part in (name, column)]
    told: Any = cast(func.jsonb_build_object(*pairs), JSONB)
    return (
        select(at.label("at"), id.label("id"), subject.label("subject_id"), told.label("data"))
        .select_from(table if of is None else of)
        .where(table.c.org_id == scope.org_id, *conditions)
    )


def _joined(table: Table, other: Table, column: Any) -> Any:
    return table.join(other, and_(other.c.org_id == table.c.org_id, other.c.id == column))


def cases(scope: Scope) -> Select[Any]:
    """Every case when it was received."""
    t = tickets.c
    return _lines(
        scope,
        tickets,
        t.received_at,
        t.id,
        t.id,
        scope.cases,
        number=t.number,
        kind=t.kind,
        state=t.state,
        summary=t.summary,
        rating=t.rating,
        unit_id=t.unit_id,
        merged_into=t.merged_into,
    )


def signatures(scope: Scope) -> Select[Any]:
    """The owner's signatures, and the refusals of one."""
    s = ticket_signatures.c
    return _lines(
        scope,
        ticket_signatures,
        s.signed_at,
        s.id,
        s.ticket_id,
        scope.cases,
        of=_joined(ticket_signatures, tickets, s.ticket_id),
        number=tickets.c.number,
        refused=s.refused,
        method=s.method,
    )


def calls(scope: Scope) -> Select[Any]:
    """Follow-up calls that were made."""
    r = revisits.c
    return _lines(
        scope,
        revisits,
        r.done_at,
        r.id,
        r.ticket_id,
        scope.cases,
        r.done_at.is_not(None),
        of=_joined(revisits, tickets, r.ticket_id),
        number=tickets.c.number,
        outcome=r.state,
        rating=r.rating,
        satisfied=r.satisfied,
    )


def answers(scope: Scope) -> Select[Any]:
    """Answers to satisfaction surveys that count."""
    x, a = survey_scope.c, survey_answers.c
    asked = surveys.join(survey_scope, and_(x.org_id == surveys.c.org_id, x.survey_id == surveys.c.id))
    of = asked.join(survey_answers, and_(a.org_id == x.org_id, a.id == x.answer_id))
    who = [] if scope.person_id is None else [a.person_id == scope.person_id]
    return _lines(
        scope,
        surveys,
        a.answered_at,
        a.id,
        surveys.c.id,
        surveys.c.community_id.in_(scope.communities),
        x.unit_id.in_(scope.unit_ids),
        *who,
        of=of,
        title=surveys.c.title,
        period=surveys.c.period,
        unit_id=x.unit_id,
    )


def file_changes(scope: Scope) -> Select[Any]:
    """The owner's file when it was last changed."""
    a = archives.c
    return _lines(
        scope,
        archives,
        a.updated_at,
        a.id,
        a.id,
        a.unit_id.in_(scope.unit_ids),
        unit_id=a.unit_id,
        missing=func.to_jsonb(a.missing),
    )


def file_checks(scope: Scope) -> Select[Any]:
    """Checks of the owner's file."""
    k, i = archive_checks.c, archive_check_items.c
    of = archives.join(
        archive_checks, and_(k.org_id == archives.c.org_id, k.community_id == archives.c.community_id)
    ).join(archive_check_items, and_(i.org_id == k.org_id, i.check_id == k.id, i.file_id == archives.c.id))
    return _lines(
        scope,
        archives,
        k.checked_at,
        k.id,
        archives.c.id,
        archives.c.unit_id.in_(scope.unit_ids),
        of=of,
        complete=i.complete,
        up_to_date=i.up_to_date,
    )


#: Days before it stand for "always".
_KNOWN: Final = date(1900, 1, 2)


def _relations(scope: Scope, day: Any) -> Select[Any]:
    r = relations.c
    at = func.timezone(scope.timezone, cast(day, DateTime))  # the beginning of the local day
    who = [] if scope.person_id is None else [r.person_id == scope.person_id]
    return _lines(
        scope,
        relations,
        at,
        r.id,
        r.person_id,
        r.unit_id.in_(scope.unit_ids),
        # What began before anybody's time began at a moment that its source does not know: that is no line.
        day >= _KNOWN,
        at <= scope.now,
        *who,
        role=r.role,
        unit_id=r.unit_id,
    )


def moves_in(scope: Scope) -> Select[Any]:
    """Relations when they began."""
    return _relations(scope, relations.c.since)


def moves_out(scope: Scope) -> Select[Any]:
    """Relations when they had ended: the day after their last."""
    return _relations(scope, cast(relations.c.until + literal(1), Date))


def attachments(scope: Scope) -> Select[Any]:
    """Photos, voice notes and papers of the cases."""
    f = files.c
    return _lines(
        scope,
        files,
        f.attached_at,
        f.id,
        f.subject_id,
        scope.cases,
        f.subject_kind == "ticket",
        f.state == "attached",
        of=_joined(files, tickets, f.subject_id),
        number=tickets.c.number,
        kind=f.kind,
        media_type=f.media_type,
    )


#: Kind of line -> where it comes from, and what it is called.
SOURCES: Final[Mapping[str, tuple[Callable[[Scope], Select[Any]], str, str]]] = MappingProxyType(
    {
        "ticket": (cases, "报事", "a case"),
        "signature": (signatures, "业主签字", "the owner's signature"),
        "revisit": (calls, "回访", "a follow-up call"),
        "survey": (answers, "问卷答复", "an answer to a survey"),
        "archive": (file_changes, "业主档案更新", "the owner's file was changed"),
        "archive_check": (file_checks, "业主档案检查", "the owner's file was checked"),
        "relation_began": (moves_in, "人房关系开始", "a relation to the unit began"),
        "relation_ended": (moves_out, "人房关系结束", "a relation to the unit ended"),
        "file": (attachments, "附件", "a file of a case"),
    }
)
