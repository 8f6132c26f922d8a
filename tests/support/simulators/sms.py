"""Aliyun's and Tencent Cloud's text-message services; the demo uses them as well."""

from deploy.simulators.sms import AliyunSms, Moods, Taken, TencentSms

__all__ = ["AliyunSms", "Moods", "Taken", "TencentSms"]
