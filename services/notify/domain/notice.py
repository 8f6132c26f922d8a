"""One entry of the catalogue of messages: an event, whom it concerns, and in which class it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

SAFETY: Final = "safety"  # danger to life or property: at once, by every channel
WARNING: Final = "warning"  # a clock that runs out soon: at once
DESK: Final = "desk"  # warnings that the desk reads in batches
SERVICE: Final = "service"  # about the reader's own affair: always told
BILLING: Final = "billing"
DUNNING: Final = "dunning"
NOTICE: Final = "notice"  # to all: works, activities, management notices
SURVEY: Final = "survey"
CAMPAIGN: Final = "campaign"
#: What goes to many at a time and has a moment: it is sent in a lane of its own, which all else overtakes.
BULK: Final = frozenset({BILLING, NOTICE, SURVEY, CAMPAIGN})
CLASSES: Final = (SAFETY, WARNING, DESK, SERVICE, BILLING, DUNNING, NOTICE, SURVEY, CAMPAIGN)

# What every template is given beside the event's own values, where notify knows it.
CONTEXT: Final = ("name", "place", "community")


@dataclass(frozen=True)
class Notice:
    """One entry: an event type told with a template to an audience.

    `person` names the data field of the person the event is about; `variables` maps a template variable to
    a data field; `when` restricts the entry to events whose data has these values, `unless` to the others.
    `desk_above` makes it a matter of the desk, which does not ring at night, where a clock is longer. `role` is told at
    the nearest org unit above the event's community, where the event itself names none; `units` is the data field with
    the households, where there are many.
    """

    source: str
    event: str
    template: str
    audience: str
    message_class: str
    person: str | None
    variables: Mapping[str, str] = field(default_factory=dict)
    when: Mapping[str, Any] = field(default_factory=dict)
    unless: Mapping[str, Any] = field(default_factory=dict)
    desk_above: int | None = None
    role: str | None = None
    units: str | None = None

    def class_of(self, data: Mapping[str, Any]) -> str:
        """The message's class: that of the desk where the event's clock ran longer than `desk_above` seconds."""
        ran = data.get("counted_seconds")
        return DESK if self.desk_above is not None and ran is not None and ran > self.desk_above else self.message_class

    def applies(self, data: Mapping[str, Any]) -> bool:
        """Whether this entry speaks about an event with such data."""
        kept = not any(data.get(name) == value for name, value in self.unless.items())
        return kept and all(data.get(name) == value for name, value in self.when.items())

    def values(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The template's own values, taken from the event's data; absent ones are left out."""
        return {name: data[source] for name, source in self.variables.items() if data.get(source) is not None}
