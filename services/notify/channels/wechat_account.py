"""Template messages of the WeChat service account, to residents who follow it and linked it."""

from services.notify.channels.providers import wechat_service
from services.notify.domain.channels import Channel, Example

CHANNEL = Channel(
    code="wechat_account",
    zh="微信服务号模板消息",
    en="WeChat service-account message",
    address=wechat_service.CODE,
    enabled=lambda: wechat_service.PROVIDER.enabled(),
    providers=lambda: (wechat_service.CODE,),
    rings=True,
)

EXAMPLES: tuple[Example, ...] = ()
