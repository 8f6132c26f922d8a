"""Visits that a member of staff makes: the message becomes a task with its address.

Only where an organisation's routes name it (`/notify/v1/routes`): people's time is not spent by itself.
"""

from services.notify.channels._by_hand import by_hand
from services.notify.domain.channels import Example

CHANNEL = by_hand("visit", "上门告知", "Visit by staff", address="place")

EXAMPLES: tuple[Example, ...] = ()
