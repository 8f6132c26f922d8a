"""Subscription messages of the mini-program: each uses up a permit of its reader; without one the next channel has
it."""

from services.notify.channels.providers import wechat_mini
from services.notify.domain.channels import Channel, Example

CHANNEL = Channel(
    code="wechat",
    zh="微信小程序订阅消息",
    en="WeChat mini-program message",
    address=wechat_mini.CODE,
    enabled=lambda: wechat_mini.PROVIDER.enabled(),
    providers=lambda: (wechat_mini.CODE,),
    rings=True,
)

EXAMPLES: tuple[Example, ...] = ()
