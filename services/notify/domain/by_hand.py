"""Messages that people bring: calls, visits and printed letters. What each may come to, and by when it is due."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from services.notify.domain.catalogue import DUNNING, SAFETY, WARNING

CALL: Final = "call"
VISIT: Final = "visit"
LETTER: Final = "letter"
KINDS: Final = (CALL, VISIT, LETTER)

OPEN: Final = "open"
DONE: Final = "done"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"

#: kind -> result -> whether the message arrived by it; where not, it goes on over its next channel.
RESULTS: Final[Mapping[str, Mapping[str, bool]]] = {
    CALL: {"reached": True, "no_answer": False, "wrong_number": False, "refused": False},
    VISIT: {"met": True, "note_left": True, "nobody_home": False, "refused": False},
    LETTER: {"posted": True, "handed_over": True, "door": True, "returned": False, "refused": False},
}
#: What nobody else saw wants a photo: a letter on the door, a note that was left.
PROOF: Final = frozenset({(LETTER, "door"), (VISIT, "note_left")})

_DUE: Final[Mapping[str, timedelta]] = {
    SAFETY: timedelta(hours=1),
    WARNING: timedelta(hours=2),
    DUNNING: timedelta(days=3),
}
#: Of all other classes.
DUE: Final = timedelta(days=2)


def due_at(message_class: str, asked_at: datetime) -> datetime:
    """By when somebody should have brought a message of a class."""
    return asked_at + _DUE.get(message_class, DUE)


def arrived(kind: str, result: str) -> bool | None:
    """Whether a message arrived by a result; None where its kind knows no such result."""
    return RESULTS[kind].get(result)
