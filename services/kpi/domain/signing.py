"""A letter in force: who signs what, bound to its hash, when it takes effect, and which copies there are."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.kpi.domain.freezing import canonical

#: Those who sign for the company where the template names nobody in particular.
COMPANY = frozenset({"supervisor", "cs_manager", "project_manager", "qa", "safety", "hr", "gm"})


@dataclass(frozen=True, slots=True)
class Signatory:
    """One place to sign, as the template prints it."""

    place: int
    title: Mapping[str, str]
    by: str  # subject, company, or the role that signs
    seal: bool


# row: C-187, C-192, C-193, C-194, C-305, C-307, C-308, C-312 each template names its signatories (AMB-115)
def signatories(definition: Mapping[str, Any]) -> list[Signatory]:
    """The places to sign on a letter; none where the template has none, and then it binds when it is made."""
    return [
        Signatory(n, {"zh": spec["zh"], "en": spec["en"]}, spec.get("by", "company"), bool(spec.get("seal")))
        for n, spec in enumerate(definition.get("signatories") or ())
    ]


def may_close(definition: Mapping[str, Any], roles: Collection[str]) -> bool:
    """Whether somebody of these roles closes a letter's scorecards: the appraiser it names, if it names one."""
    named = definition.get("closed_by")
    # row: C-219, C-220, C-221, C-222 quality assurance, the safety section, the deputy or the head office appraises
    if named is not None and set(named).isdisjoint(roles):
        return False
    return True


def letter_hash(letter: Mapping[str, Any]) -> str:
    """What a signature binds to: whose letter, of where and when, with every word and parameter of it."""
    names = ("template", "template_version", "community_id", "subject_id", "term", "parent_id")
    head = {name: None if letter[name] is None else str(letter[name]) for name in names}
    return hashlib.sha256(canonical([head, letter["parameters"], letter["definition"]])).hexdigest()


def paper_hash(letter: str, paper: Mapping[str, Any]) -> str:
    """The hash of an amendment or a void record, over the letter's own."""
    return hashlib.sha256(canonical([letter, dict(paper)])).hexdigest()


def holds(who: Signatory, person: str, roles: Collection[str], subject: str) -> bool:
    """Whether a place to sign for the company is somebody's by their own post, to sign or to lend."""
    if who.by == "subject" or person == subject:
        return False
    return who.by in roles if who.by != "company" else not COMPANY.isdisjoint(roles)


def may_sign(
    who: Signatory,
    signer: str,
    roles: Collection[str],
    subject: str,
    delegated_by: str | None,
    earlier: Collection[str],
    *,
    lent: bool = True,
) -> bool:
    """Whether somebody may sign at a place: for themselves, or by a recorded delegation; never at two places.

    lent: whether `delegated_by` has lent the place on record; on paper the written delegation is with the scan.
    """
    if {signer, *([delegated_by] if delegated_by else [])} & set(earlier):
        return False
    if who.by == "subject":  # whoever promises signs in person
        return signer == subject
    if subject in (signer, delegated_by):
        return False
    if delegated_by is not None:  # row: C-191 the site head signs by delegation
        return lent and delegated_by != signer and not COMPANY.isdisjoint(roles)
    return holds(who, signer, roles, subject)


def copies(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The copy register of a letter: one entry a copy, numbered, with its holder."""
    # row: C-188, C-189, C-190 how many copies there are and who keeps them
    holders = [spec["holder"] for spec in definition.get("copies") or () for _ in range(spec["count"])]
    return [{"number": n, "holder": dict(holder)} for n, holder in enumerate(holders, start=1)]


def all_signed(places: Sequence[Signatory], signed: Collection[int]) -> bool:
    """Whether every place is signed, which is when the paper takes effect."""
    return all(place.place in signed for place in places)
