"""In which order a message tries the channels, by its class.

The inbox always has it. Of the others the first that can reach the person is taken, and the next one when
that fails for good: what costs nothing before what costs money, and a text message first where the catalogue
asks for one. Safety messages go by all of them at the same time.
"""

from collections.abc import Mapping
from typing import Final

from services.notify.domain.catalogue import DUNNING, SAFETY

#: Channels that are not named here come after those that are.
ORDER: Final = ("wecom", "dingtalk", "feishu", "push", "wechat", "wechat_account", "email", "sms")
BY_CLASS: Final[Mapping[str, tuple[str, ...]]] = {
    # row: C-056 the reminder at the month's start is a text message
    DUNNING: ("sms", "push", "wechat", "wechat_account", "email"),
}


def routes(message_class: str, reachable: set[str]) -> list[tuple[str, ...]]:
    """The ways a message goes, side by side; each is a channel and those to fall back to, in order.

    `reachable` are the channels that are set up here and for which the person has an address.
    """
    wanted = BY_CLASS.get(message_class, ORDER)
    ordered = [code for code in wanted if code in reachable]
    ordered += sorted(reachable.difference(wanted))
    if not ordered:
        return []
    return [(code,) for code in ordered] if message_class == SAFETY else [tuple(ordered)]
