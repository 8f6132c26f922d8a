"""Text messages by Aliyun (dysmsapi, SendSms of 2017-05-25), signed with ACS3-HMAC-SHA256.

Settings: STEWARD_NOTIFY_ALIYUN_SMS_KEY_ID and …_KEY_SECRET (without them it is off), …_RATE (calls a second of
one process), …_RECEIPT_TOKEN: reports are taken at `/notify/v1/receipts/aliyun_sms?token=…`, which is what to
enter in the console under HTTP batch push.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from hashlib import sha256
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import httpx
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notify.channels.providers._http import ask, body_of, client_of, e164, patience
from services.notify.domain.channels import Example, Outgoing, Provider, Receipt, Receipts, Session
from services.notify.domain.delivery import Outcome, Result
from shared import clock
from shared.ids import uuid7

CODE = "aliyun_sms"


class AliyunSettings(BaseSettings):
    """The provider's own settings; seconds for the time-outs."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_NOTIFY_ALIYUN_SMS_", extra="ignore")

    url: str = "https://dysmsapi.aliyuncs.com"
    key_id: str | None = None
    key_secret: SecretStr | None = None
    rate: int | None = None
    receipt_token: SecretStr | None = None
    connect_timeout: float = 3.0
    read_timeout: float = 10.0


@cache
def settings() -> AliyunSettings:
    """The settings of this process, read once."""
    return AliyunSettings()


# The number's or the platform's own limits: later it will do.
BUSY = frozenset({"isv.BUSINESS_LIMIT_CONTROL", "Throttling", "Throttling.User", "ServiceUnavailable"})
# This message to this number will never be taken.
NEVER = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.BLACKLIST",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.SMS_CONTENT_ILLEGAL",
    }
)


def classify(
    *, status: int, code: str | None = None, reference: str | None = None, headers: Mapping[str, str] | None = None
) -> Result:
    """What an answer means. Codes that are not known here are taken for our account's (a template, a balance, a
    key): nothing was sent, another provider may be asked, and a person sees it."""
    if status == 200 and code == "OK":
        return Result(Outcome.SENT, code, reference=reference)
    if code in BUSY or status == 429:
        return Result(Outcome.THROTTLED, code or str(status), after=patience(headers or {}))
    if code in NEVER:
        return Result(Outcome.REFUSED, code)
    if status >= 500 or code is None or code == "isp.SYSTEM_ERROR":
        # It failed in the middle of our request and does not say where.
        return Result(Outcome.UNKNOWN, code or str(status))
    return Result(Outcome.ACCOUNT, code)


EXAMPLES = (
    Example("taken", {"status": 200, "code": "OK"}, Outcome.SENT),
    Example("this number had too many", {"status": 200, "code": "isv.BUSINESS_LIMIT_CONTROL"}, Outcome.THROTTLED),
    Example("too many calls", {"status": 400, "code": "Throttling.User"}, Outcome.THROTTLED),
    Example("no such number", {"status": 200, "code": "isv.MOBILE_NUMBER_ILLEGAL"}, Outcome.REFUSED),
    Example("no money left", {"status": 200, "code": "isv.AMOUNT_NOT_ENOUGH"}, Outcome.ACCOUNT),
    Example("not approved there after all", {"status": 200, "code": "isv.SMS_TEMPLATE_ILLEGAL"}, Outcome.ACCOUNT),
    Example("our key is wrong", {"status": 400, "code": "SignatureDoesNotMatch"}, Outcome.ACCOUNT),
    Example("failed inside", {"status": 500}, Outcome.UNKNOWN),
    Example("an answer that is none", {"status": 200}, Outcome.UNKNOWN),
)


def _encoded(text: str) -> str:
    return quote(text, safe="~")


def signature(secret: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes = b"") -> str:
    """ACS3-HMAC-SHA256 of a POST to `/`; `headers` are those that are signed, names in lower case."""
    names = sorted(headers)
    asked = "&".join(f"{_encoded(name)}={_encoded(query[name])}" for name in sorted(query))
    shown = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    request = "\n".join(("POST", "/", asked, shown, ";".join(names), sha256(body).hexdigest()))
    signed = f"ACS3-HMAC-SHA256\n{sha256(request.encode()).hexdigest()}"
    return hmac.digest(secret.encode(), signed.encode(), "sha256").hex()


def signed_headers(
    key_id: str, secret: str, host: str, query: Mapping[str, str], at: datetime, nonce: str
) -> dict[str, str]:
    """The headers of one call, with its authorisation."""
    headers = {
        "host": host,
        "x-acs-action": "SendSms",
        "x-acs-content-sha256": sha256(b"").hexdigest(),
        "x-acs-date": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": nonce,
        "x-acs-version": "2017-05-25",
    }
    mark = signature(secret, query, headers)
    names = ";".join(sorted(headers))
    headers["authorization"] = f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={mark}"
    return headers


class AliyunSession:
    """One HTTP client for a batch."""

    def __init__(self, client: httpx.AsyncClient, given: AliyunSettings) -> None:
        self._client = client
        self._given = given

    async def send(self, message: Outgoing) -> Result:
        """One attempt; `OutId` comes back with the report."""
        number, template = e164(message.address), message.provider_template
        assert template is not None  # the provider is passed over without one
        if number is None:
            return Result(Outcome.REFUSED, "address", "not a telephone number")
        query = {
            "PhoneNumbers": number.removeprefix("+86").removeprefix("+"),
            "SignName": template.signature,
            "TemplateCode": template.code,
            "TemplateParam": json.dumps(
                {theirs: message.variables.get(ours, "") for theirs, ours in template.pairs()}, ensure_ascii=False
            ),
            "OutId": message.echo,
        }
        given = self._given
        assert given.key_id is not None and given.key_secret is not None  # `enabled` is asked before
        headers = signed_headers(
            given.key_id,
            given.key_secret.get_secret_value(),
            urlsplit(given.url).netloc,
            query,
            clock.wall(),
            uuid7().hex,
        )
        # The parameters are spelt as they were signed.
        asked = "&".join(f"{_encoded(name)}={_encoded(query[name])}" for name in sorted(query))
        answer = await ask(self._client, method="POST", url=f"/?{asked}", headers=headers)
        if isinstance(answer, Result):
            return answer
        body = body_of(answer)
        return classify(
            status=answer.status_code, code=body.get("Code"), reference=body.get("BizId"), headers=answer.headers
        )


@asynccontextmanager
async def session() -> AsyncIterator[Session]:
    """A session for a batch of messages."""
    given = settings()
    async with client_of(given.url, given.connect_timeout, given.read_timeout) as client:
        yield AliyunSession(client, given)


def parse(body: bytes) -> Sequence[Receipt]:
    """Aliyun's reports: a list, its times in China's. Raises ValueError where the body is not one."""
    try:
        return [
            Receipt(
                echo=str(report.get("out_id") or ""),
                reference=str(report["biz_id"]),
                arrived=report["success"] is True,
                code=str(report.get("err_code") or ""),
                at=_time(report.get("report_time")),
            )
            for report in json.loads(body)
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a list of reports") from error


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")) if text else None


def _token() -> str | None:
    token = settings().receipt_token
    return token.get_secret_value() if token is not None else None


PROVIDER = Provider(
    code=CODE,
    channel="sms",
    enabled=lambda: settings().key_id is not None and settings().key_secret is not None,
    open=session,
    classify=classify,
    rate=lambda: settings().rate,
    needs_template=True,
    receipts=Receipts(token=_token, parse=parse, answer={"code": 0, "msg": "接收成功"}),
)
