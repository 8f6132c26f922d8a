"""The in-app inbox: no network, no address. The row is written with its cause, so it cannot fail on its
own."""

from services.notify.domain.channels import Channel, Example

CHANNEL = Channel(code="inbox", zh="站内信", en="In-app inbox", address=None, enabled=lambda: True)

EXAMPLES: tuple[Example, ...] = ()
