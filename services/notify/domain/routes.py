"""In which order a message tries the channels, by its class.

The inbox always has it. Of the others the first that can reach the person is taken, and the next one when
that fails for good: what costs nothing before what costs money, and a text message first where the catalogue
asks for one. Safety messages go by all of them at the same time. An organisation may say otherwise for itself:
then its list is all there is. What people bring by hand is used only where such a list names it.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from services.notify.domain.by_hand import KINDS
from services.notify.domain.catalogue import DUNNING, SAFETY

#: Channels that are not named here come after those that are.
ORDER: Final = ("wecom", "dingtalk", "feishu", "push", "wechat", "wechat_account", "apprise", "email", "sms")
BY_CLASS: Final[Mapping[str, tuple[str, ...]]] = {
    # row: C-056 the reminder at the month's start is a text message
    DUNNING: ("sms", "push", "wechat", "wechat_account", "email"),
}


def default_order(message_class: str) -> tuple[str, ...]:
    """The product's own order for a class."""
    return BY_CLASS.get(message_class, ORDER)


def routes(message_class: str, reachable: Collection[str], own: Sequence[str] | None = None) -> list[tuple[str, ...]]:
    """The ways a message goes, side by side; each is a channel and those to fall back to, in order.

    `reachable` are the channels that are set up here and for which the person has an address, `own` the
    organisation's list for the class.
    """
    wanted = default_order(message_class) if own is None else tuple(own)
    ordered = [code for code in wanted if code in reachable]
    if own is None:
        ordered += sorted(set(reachable).difference(wanted, KINDS))
    if not ordered:
        return []
    if message_class != SAFETY:
        return [tuple(ordered)]
    # At the same time by all that ring by themselves; people are sent where none of them arrives.
    hands = tuple(code for code in ordered if code in KINDS)
    ways = [code for code in ordered if code not in KINDS]
    return [(code, *(hands if n == len(ways) - 1 else ())) for n, code in enumerate(ways)] or [hands]
