"""Messages to staff at WeCom, DingTalk and Feishu; the demo uses WeCom's as well."""

from deploy.simulators.staff_chat import DingTalkChat, FeishuChat, Moody, WeComChat

__all__ = ["DingTalkChat", "FeishuChat", "Moody", "WeComChat"]
