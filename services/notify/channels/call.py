"""Calls that a member of staff makes: the message becomes a task with its number, and is told once it was reached.

Only where an organisation's routes name it (`/notify/v1/routes`): people's time is not spent by itself.
"""

from services.notify.channels._by_hand import by_hand
from services.notify.domain.channels import Example

CHANNEL = by_hand("call", "电话告知", "Telephone call by staff", address="phone")

EXAMPLES: tuple[Example, ...] = ()
