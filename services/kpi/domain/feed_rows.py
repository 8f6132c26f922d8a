"""What stands in the KPI feeds: the row of an indicator, a scorecard, a case, each with its key and its hash.

A row is told as one line of JSON. That line is stored and sent to the byte, so a consumer that hashes the lines it
holds gets the manifest's hash. Numbers are decimal strings; nothing of it is personal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Literal

from services.kpi.domain.facts import WITHDRAWN
from services.kpi.domain.freezing import canonical
from services.kpi.domain.numbers import Number, plain
from shared.periods import Period

Feed = Literal["indicators", "scorecards", "cases"]
FEEDS: Sequence[Feed] = ("indicators", "scorecards", "cases")
Status = Literal["provisional", "closed", "restated"]

#: Fields that move without the row saying anything new.
_TIMES = frozenset({"as_of", "computed_at"})


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One row of a feed as it should stand now; `deleted` takes it away."""

    feed: Feed
    key: str
    community_id: str
    first: date
    last: date
    content: Mapping[str, Any]
    numerator: Number = 0
    denominator: Number = 0
    deleted: bool = False

    @property
    def doc(self) -> str:
        """The line as it goes out, without its line end."""
        return json.dumps(self.content, ensure_ascii=False, separators=(",", ":"))

    @property
    def meaning(self) -> bytes:
        """The hash of what the row says, whenever it was computed."""
        told = {name: value for name, value in self.content.items() if name not in _TIMES}
        return hashlib.sha256(canonical(told)).digest()


@dataclass(frozen=True, slots=True)
class About:
    """Whose numbers: a letter of a community, and where they stand."""

    community_id: str
    external_id: str | None
    letter_id: str
    template: str
    template_version: int
    period: Period
    status: Status
    as_of: datetime
    computed_at: datetime

    def head(self, key: str) -> dict[str, Any]:
        """The fields that every row of a letter begins with."""
        return {
            "key": key,
            "community_id": self.community_id,
            "external_id": self.external_id,
            "letter_id": self.letter_id,
            "template": self.template,
            "template_version": self.template_version,
            "period": str(self.period),
            "status": self.status,
            "as_of": instant(self.as_of),
            "computed_at": instant(self.computed_at),
        }

    @property
    def last(self) -> date:
        """The last day of the period."""
        return date.fromordinal(self.period.end.toordinal() - 1)


def measure_id(indicator: str, version: int, definition: Mapping[str, str]) -> str:
    """The same for two rows exactly where their definitions are equal, so that only like is compared with like."""
    return hashlib.sha256(canonical([indicator, version, dict(definition)])).hexdigest()[:16]


def indicator_row(
    about: About, item: Mapping[str, Any], unit: str, version: int, definition: Mapping[str, str]
) -> FeedRow:
    """The row of one line of a scorecard (`item` as the scorecard shows it)."""
    key = "/".join(
        (about.community_id, about.letter_id, about.template, item["indicator"], str(version), str(about.period))
    )
    content = about.head(key) | {
        "indicator": item["indicator"],
        "definition_version": version,
        "measure_id": measure_id(item["indicator"], version, definition),
        "unit": unit,
        "state": item["state"],
        "value": item["value"],
        "numerator": item["numerator"],
        "denominator": item["denominator"],
        "target": item["target"],
        "points": item["points"],
        "deduction": item["deduction"],
    }
    sums = (Fraction(item["numerator"] or 0), Fraction(item["denominator"] or 0))
    return FeedRow("indicators", key, about.community_id, about.period.start, about.last, content, *sums)


def scorecard_row(
    about: About, subject_id: str, result: Mapping[str, Any], frozen: Mapping[str, Any] | None
) -> FeedRow:
    """The row of a scorecard; `frozen` names id, revision and hash of one that is closed or restated."""
    key = "/".join((about.community_id, about.letter_id, about.template, str(about.period)))
    given = frozen or {"scorecard_id": None, "revision": 0, "hash": None}
    content = about.head(key) | {
        "subject_id": subject_id,
        "total": result["total"],
        "maximum": result["maximum"],
        "final": result["final"],
        "sections": [{name: s[name] for name in ("section", "points", "maximum")} for s in result["sections"]],
        "consequences": [c["kind"] for c in result["consequences"]],
        **given,
    }
    sums = (Fraction(result["total"] or 0), Fraction(result["maximum"] or 0))
    return FeedRow("scorecards", key, about.community_id, about.period.start, about.last, content, *sums)


def case_row(fact: Mapping[str, Any], community_id: str, external_id: str | None, computed_at: datetime) -> FeedRow:
    """The row of a case: one fact version as the log has it (the columns of `facts`). A withdrawn one is taken away."""
    key = f"{community_id}/{fact['indicator']}/{fact['indicator_version']}/{fact['subject']}"
    on: date = fact["on_date"]
    if fact["verdict"] == WITHDRAWN:
        return tombstone("cases", key, community_id, on, on, fact["recorded_at"])
    numerator, denominator = Fraction(fact["numerator"]), Fraction(fact["denominator"])
    content = {
        "key": key,
        "community_id": community_id,
        "external_id": external_id,
        "indicator": fact["indicator"].partition("#")[0],
        "definition_version": fact["indicator_version"],
        "subject": fact["subject"],
        "on": on.isoformat(),
        "state": fact["verdict"],
        "counted": fact["counted"],
        "numerator": plain(numerator),
        "denominator": plain(denominator),
        "at": instant(fact["at"]),
        "decided_at": instant(fact["decided_at"]),
        "link": fact["link"],
        "fact_id": str(fact["id"]),
        "status": "provisional",
        "scorecard_id": None,
        "as_of": instant(fact["recorded_at"]),
        "computed_at": instant(computed_at),
    }
    return FeedRow("cases", key, community_id, on, on, content, numerator, denominator)


def tombstone(feed: Feed, key: str, community_id: str, first: date, last: date, as_of: datetime) -> FeedRow:
    """Takes a row away; it stays in the deltas so that consumers hear of it."""
    content = {"key": key, "community_id": community_id, "deleted": True, "as_of": instant(as_of)}
    return FeedRow(feed, key, community_id, first, last, content, deleted=True)


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC with `Z`."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
