"""The review of a scorecard: who fills which column, in which order, and what must be said where columns differ.

A letter's columns (T002B: self, manager, GM) are filled by different persons. Each column is complete, stays as it was
entered, and is signed by its hash. Whoever gives another number than the one before says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.kpi.domain.freezing import canonical
from services.kpi.domain.letters import Letter, LetterError
from services.kpi.domain.numbers import exact, fixed, half_up, plain

#: Who may fill a column by their post; `self` is filled by the person whose letter it is.
POSTS: Mapping[str, frozenset[str]] = {
    "manager": frozenset({"supervisor", "cs_manager", "project_manager"}),
    "superior": frozenset({"cs_manager", "project_manager", "gm"}),
    "department": frozenset({"qa", "hr", "cs_manager", "project_manager"}),
    "gm": frozenset({"gm"}),
}
# row: C-218 the kinds of evidence that a deduction may rest on
EVIDENCE = (
    *("on_site_check", "attendance", "leave", "plan_tracking", "complaint_record", "renovation_form"),
    *("notice_document", "event_record", "system"),
)


#: The one line of a letter without points of its own: the evaluation as a whole.
_WHOLE = {"zh": "总体评价", "en": "Evaluation as a whole"}


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """What a reviewer scores: an item with points of its own, or a section that is a pool; `computed` is what the
    facts give."""

    code: str
    title: Mapping[str, str]
    maximum: Fraction
    computed: Fraction

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the review. The printed column set: content, points, and what the facts give."""
        # row: C-230, C-231, C-232 content and points stand on every line, beside the columns
        return {
            "code": self.code,
            "title": dict(self.title),
            "maximum": fixed(self.maximum),
            "computed": fixed(self.computed),
        }


def lines_of(letter: Letter, result: Mapping[str, Any]) -> list[ReviewLine]:
    """The lines of a letter's review, from its scored result."""
    items = {item["indicator"]: item for item in result["items"]}
    found: list[ReviewLine] = []
    for section, shown in zip(letter.sections, result["sections"], strict=True):
        if section.points is None:
            for item in section.items:
                shown_item = items.get(item.indicator)
                if shown_item is not None and shown_item["maximum"] is not None:
                    found.append(_line(item.indicator, shown_item))
        else:
            found.append(_line(section.section, shown))
    # row: C-224 the contents that the letter has judged: target completion, quality, efficiency, team building
    contents = {} if letter.columns is None else letter.columns.contents
    if not found and contents:
        share = Fraction(100, len(contents))
        return [ReviewLine(code, title.as_json(), share, share) for code, title in contents.items()]
    return found or [ReviewLine("total", _WHOLE, Fraction(100), Fraction(100))]


def _line(code: str, shown: Mapping[str, Any]) -> ReviewLine:
    return ReviewLine(code, shown["title"], exact(shown["maximum"]), exact(shown["points"] or shown["maximum"]))


@dataclass(frozen=True, slots=True)
class Given:
    """What a reviewer says of one line."""

    code: str
    points: Fraction
    reason: str | None
    evidence: Sequence[str]
    files: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "code": self.code,
            "points": fixed(self.points),
            "reason": self.reason,
            "evidence": list(self.evidence),
            "file_ids": list(self.files),
        }


def next_columns(letter: Letter, filled: Collection[str]) -> list[str]:
    """The columns that may be filled now: the next of a chain, any empty one of a weighted mean."""
    columns = letter.columns
    if columns is None:
        return []
    # row: C-223 self, superior and department stand beside each other, in any order
    open_ = [name for name in columns.order if name not in filled]
    return open_ if columns.weights else open_[:1]  # row: C-211, C-212 first score before audit


def holds(column: str, person: str, roles: Collection[str], subject: str) -> bool:
    """Whether a column is somebody's by their own post, to fill or to lend."""
    if column == "self" or person == subject:  # nobody scores their own letter but in their own column
        return column == "self" and person == subject
    return not POSTS[column].isdisjoint(roles)


def check_scorer(
    column: str,
    scorer: str,
    roles: Collection[str],
    subject: str,
    delegated_by: str | None,
    earlier: Collection[str],
    *,
    lent: bool = False,
) -> str | None:
    """Why this person may not fill this column, as a code; None when they may.

    earlier: everybody who filled or lent a column before. lent: whether `delegated_by` has lent it to them on record.
    """
    actor = {scorer, *([delegated_by] if delegated_by else [])}
    # row: D-082, C-210 three different persons, those who lent their post among them
    if actor & set(earlier) or delegated_by == scorer:
        return "same_person"
    if delegated_by is None:
        return None if holds(column, scorer, roles, subject) else "not_the_post"
    # Whoever lends holds the column by their own post, which was looked at when they lent it.
    if column != "self" and subject in actor:
        return "not_the_subject"
    return None if lent else "not_lent"


def check_lines(
    lines: Sequence[Mapping[str, Any]], given: Sequence[Given], before: Mapping[str, Fraction], *, grounds: bool
) -> Fraction:
    """The total of a column. `before`: the points of the column before, or those computed. `grounds`: whether each
    deduction must name its evidence, as an appraiser's does and a self score does not.

    Raises LetterError with the path of what is missing or wrong.
    """
    known = {line["code"]: exact(line["maximum"]) for line in lines}
    seen: set[str] = set()
    for n, line in enumerate(given):
        path = f"lines.{n}"
        if line.code not in known or line.code in seen:
            raise LetterError(f"{path}.code", "没有该考核项目或重复填写", "no such line, or given twice")
        seen.add(line.code)
        if not 0 <= line.points <= known[line.code]:
            most = plain(known[line.code])
            raise LetterError(f"{path}.points", f"应在0至{most}分之间", f"must be between 0 and {most}")
        # row: C-210 every difference between two columns is justified
        if line.points != before[line.code] and not line.reason:
            raise LetterError(
                f"{path}.reason",
                f"与前一栏（{fixed(before[line.code])}分）不同，须说明原因",
                f"differs from the column before ({fixed(before[line.code])}): say why",
            )
        # row: C-216 the appraiser's basis is mandatory for each deduction
        if grounds and line.points < known[line.code] and not (line.evidence or line.files):
            raise LetterError(f"{path}.evidence", "扣分须有考核依据", "a deduction names its evidence")
    missing = [code for code in known if code not in seen]
    if missing:
        raise LetterError("lines", f"缺少：{'、'.join(missing)}", f"missing: {', '.join(missing)}")
    return half_up(sum((line.points for line in given), Fraction(0)))


def signed_hash(head: Mapping[str, Any], given: Sequence[Given], total: Fraction) -> str:
    """What a reviewer signs by sending a column: the card, the lines and their sum."""
    # row: C-214, C-215 each column is confirmed by the signature of whoever filled it
    return hashlib.sha256(canonical([head, [line.as_json() for line in given], fixed(total)])).hexdigest()


def may_decide(decider: str, raised_by: str, handled_by: str | None, subjects: Collection[str]) -> bool:
    """Whether somebody may rule on an objection: not who raised it or handled the case, nor anybody whose own letter
    counts it."""
    return decider not in {raised_by, handled_by, *subjects}
