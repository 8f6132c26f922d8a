"""The numbers of sign-in and what follows from them. Tests compute the odds of an attacker from these very values.

Two things must hold at once: nobody guesses a code or a password, and nobody is locked out because somebody else
tries. So every limit belongs to a *lane*. A device that signed in before carries a token that proves it and has a lane
of its own; strangers share lanes by network (an IPv4 address, an IPv6 /64) and, all together, a ceiling per phone or
login. An attacker in one network cannot exhaust the ceiling; with many networks he can, and even then he slows down
strangers alone: known devices and work or WeChat accounts do not stand in his lanes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from services.ticketing.domain.grants.limits import BackOff, Limit

SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

# -- one-time codes ---------------------------------------------------------------------------------------------------

CODE_DIGITS: Final = 6
CODE_LIFE: Final = 10 * MINUTE
CODE_TRIES: Final = 5
#: A second request within this time joins the message that is on its way instead of sending another.
RESEND_AFTER: Final = MINUTE
#: Whoever asks when no further message may be sent joins the last one while it still lives this long.
JOINABLE: Final = 2 * MINUTE

#: Messages to one phone: by one network, by all strangers together, by one known device.
#: A lane fills more slowly than the ceiling above it, or one network could drain the ceiling given time.
SENDS_LANE: Final = Limit(4, 6 * HOUR)
SENDS_STRANGERS: Final = Limit(10, 2 * HOUR)
SENDS_DEVICE: Final = Limit(5, HOUR)
#: Messages to phones that nobody knows, caused by one network and by all together: each costs money.
ARRIVALS_NETWORK: Final = Limit(20, 10 * MINUTE)
ARRIVALS: Final = Limit(500, 10 * SECOND)
#: Wrong codes for one phone: by one lane (a network or a known device), and by all strangers together.
GUESSES_LANE: Final = Limit(15, 2 * HOUR)
GUESSES_STRANGERS: Final = Limit(60, HOUR)

# -- passwords --------------------------------------------------------------------------------------------------------

#: Wrong passwords of one lane (login and network, or login and known device).
PASSWORD_BACKOFF: Final = BackOff(free=5, first=30 * SECOND, most=HOUR, forget=DAY)
#: Wrong passwords for one login by all strangers together.
PASSWORD_STRANGERS: Final = Limit(60, 10 * MINUTE)
#: Wrong passwords from one network for all logins together: one password tried on everybody.
PASSWORD_SPRAY: Final = Limit(200, 30 * SECOND)

# -- everybody --------------------------------------------------------------------------------------------------------

#: Anything at the door from one network. A carrier or an office puts a thousand owners behind one address, so this
#: protects the machine alone and is no defence against guessing.
DOOR: Final = Limit(6000, SECOND / 20)
#: What one device, as it names itself, asks codes for.
DEVICE_CODES: Final = Limit(20, 3 * MINUTE)

# -- sessions ---------------------------------------------------------------------------------------------------------

ACCESS_LIFE: Final = 10 * MINUTE
CHOICE_LIFE: Final = 5 * MINUTE
DEVICE_LIFE: Final = 180 * DAY
#: A family ends when it was not refreshed for the first time, and after the second whatever happens.
RESIDENT_IDLE: Final = 60 * DAY
RESIDENT_LIFE: Final = 365 * DAY
STAFF_IDLE: Final = 3 * DAY
STAFF_LIFE: Final = 30 * DAY
#: How long the same refresh, repeated under the same Idempotency-Key, is answered again.
RETRY_LIFE: Final = MINUTE

# -- issuer keys ------------------------------------------------------------------------------------------------------

#: A new key is published before it signs, so that nobody meets a token of a key that was nowhere to be found.
KEY_LEAD: Final = MINUTE
#: No token of the issuer is valid for longer; a key that stopped signing is published for this long.
LONGEST_TOKEN: Final = DAY


def session_life(staff: bool) -> tuple[timedelta, timedelta]:
    """How long a family lives without being refreshed, and at all."""
    return (STAFF_IDLE, STAFF_LIFE) if staff else (RESIDENT_IDLE, RESIDENT_LIFE)


def odds_per_day() -> float:
    """The chance that any number of strangers guess a one-time code of one phone within a day.

    Every wrong code counts in the strangers' ceiling before it is compared, however many codes live at once.
    """
    return GUESSES_STRANGERS.most(DAY) / 10**CODE_DIGITS
