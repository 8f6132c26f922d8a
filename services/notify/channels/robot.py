"""Robots in staff's group chats: each is an address of its own, told of the clocks of its org unit.

Settings: STEWARD_NOTIFY_ROBOT_HOSTS, the hosts that a robot's address may have, separated by commas, such as
`qyapi.weixin.qq.com,oapi.dingtalk.com,open.feishu.cn`; without it the channel is off.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notify.domain.channels import Channel, Example

PROVIDERS: Final = ("wecom_robot", "dingtalk_robot", "feishu_robot")


class RobotSettings(BaseSettings):
    """Where robots may be; nothing else is called, whatever somebody enters as a robot's address."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_NOTIFY_ROBOT_", extra="ignore")

    hosts: str = ""
    connect_timeout: float = 3.0
    read_timeout: float = 10.0

    def allows(self, scheme: str, host: str) -> bool:
        """Whether a robot may be at this host; without encryption only at one named with the scheme."""
        named = {item.strip() for item in self.hosts.split(",") if item.strip()}
        return f"{scheme}://{host}" in named or (scheme == "https" and host in named)


@cache
def settings() -> RobotSettings:
    """The settings of this process, read once."""
    return RobotSettings()


CHANNEL = Channel(
    code="robot",
    zh="群机器人",
    en="Group robot",
    address=None,
    enabled=lambda: bool(settings().hosts.strip()),
    providers=lambda: PROVIDERS,
    rings=True,
)

EXAMPLES: tuple[Example, ...] = ()
