"""Notifications on telephones, over the aggregators whose kit the app carries (Jiguang, Getui).

A device belongs to one aggregator: each is asked for its own devices, whatever the order.
"""

from __future__ import annotations

from typing import Final

from services.notify.channels.providers import getui, jiguang
from services.notify.domain.channels import Channel, Example

PROVIDERS: Final = (jiguang.CODE, getui.CODE)

CHANNEL = Channel(
    code="push",
    zh="应用推送",
    en="App notification",
    address=None,
    enabled=lambda: jiguang.PROVIDER.enabled() or getui.PROVIDER.enabled(),
    providers=lambda: PROVIDERS,
    rings=True,
)

EXAMPLES: tuple[Example, ...] = ()
