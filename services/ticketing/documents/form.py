"""What a form is: one file in ``forms/`` with ``FORM``, found by its name, and one typst template."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from shared.documents import Template
from shared.registry import discover

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Subject:
    """What forms are filled in with: a ticket in its place, with the person it is for, times in the community's zone.

    Personal fields stand in full: whoever prints a form opens them, and that is recorded.
    """

    ticket: Mapping[str, Any]
    community: str
    address: str
    unit: str
    name: str
    phone: str
    assignee: str
    zone: ZoneInfo
    #: Attempts of the follow-up calls about it, each with its caller's name, the call's round and its corrections.
    calls: Sequence[Mapping[str, Any]] = ()

    def local(self, at: datetime | None) -> str:
        """An instant as people of the community write it, "" for none."""
        return "" if at is None else f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its row in the catalogue, the kinds of ticket it is for, the prefix of its numbers, and its content."""

    code: str
    row: str
    zh: str
    en: str
    prefix: str
    kinds: frozenset[str]
    content: Callable[[Subject], Mapping[str, Any]]

    @property
    def slug(self) -> str:
        """The form in addresses and rows."""
        return self.code.replace("_", "-")

    @property
    def template(self) -> Template:
        """The typst file of the same name."""
        return Template(TEMPLATES, self.code)


@cache
def forms() -> Mapping[str, Form]:
    """All forms by slug."""
    found = discover("services.ticketing.documents.forms", "FORM")
    return MappingProxyType({form.slug: form for form in found.values()})
