"""Printed letters: the message becomes a task with a PDF to print, and how it was delivered is recorded.

Only where an organisation's routes name it (`/notify/v1/routes`): people's time is not spent by itself.
"""

from services.notify.channels._by_hand import by_hand
from services.notify.domain.channels import Example

CHANNEL = by_hand("letter", "纸质信函", "Printed letter", address="place")

EXAMPLES: tuple[Example, ...] = ()
