"""Text messages by Tencent Cloud (SendSms of 2021-01-11), signed with TC3-HMAC-SHA256.

Settings: STEWARD_NOTIFY_TENCENT_SMS_SECRET_ID, …_SECRET_KEY and …_APP_ID (without them it is off), …_REGION,
…_RATE (calls a second of one process), …_RECEIPT_TOKEN: reports are taken at
`/notify/v1/receipts/tencent_sms?token=…`, which is what to enter in the console as callback.

Its reports bring back only its own serial number, not what we gave along: a silence after the request stays
unknown here until a person decides.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notify.channels.providers._http import ask, body_of, client_of, e164, patience
from services.notify.domain.channels import Example, Outgoing, Provider, Receipt, Receipts, Session
from services.notify.domain.delivery import Outcome, Result
from shared import clock

CODE = "tencent_sms"
CONTENT = "application/json; charset=utf-8"


class TencentSettings(BaseSettings):
    """The provider's own settings; seconds for the time-outs."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_NOTIFY_TENCENT_SMS_", extra="ignore")

    url: str = "https://sms.tencentcloudapi.com"
    region: str = "ap-guangzhou"
    secret_id: str | None = None
    secret_key: SecretStr | None = None
    app_id: str | None = None
    rate: int | None = None
    receipt_token: SecretStr | None = None
    connect_timeout: float = 3.0
    read_timeout: float = 10.0


@cache
def settings() -> TencentSettings:
    """The settings of this process, read once."""
    return TencentSettings()


# Limits of the number, of our calls or of the hour: later it will do.
BUSY = ("LimitExceeded.", "RequestLimitExceeded", "FailedOperation.MarketingSendTimeConstraint")
# This message to this number will never be taken.
NEVER = frozenset(
    {
        "InvalidParameterValue.IncorrectPhoneNumber",
        "FailedOperation.PhoneNumberInBlacklist",
        "FailedOperation.ContainSensitiveWord",
        "InvalidParameterValue.TemplateParameterLengthLimit",
    }
)
# It failed in the middle of our request and does not say where.
INSIDE = ("InternalError",)


def classify(
    *, status: int, code: str | None = None, reference: str | None = None, headers: Mapping[str, str] | None = None
) -> Result:
    """What an answer means; `code` is the error's, or that of the one number's status. Codes that are not known here
    are taken for our account's: nothing was sent, another provider may be asked, and a person sees it."""
    if status == 200 and code == "Ok":
        return Result(Outcome.SENT, code, reference=reference)
    if status == 429 or (code or "").startswith(BUSY):
        return Result(Outcome.THROTTLED, code or str(status), after=patience(headers or {}))
    if code in NEVER:
        return Result(Outcome.REFUSED, code)
    if status >= 500 or code is None or code.startswith(INSIDE):
        return Result(Outcome.UNKNOWN, code or str(status))
    return Result(Outcome.ACCOUNT, code)


EXAMPLES = (
    Example("taken", {"status": 200, "code": "Ok"}, Outcome.SENT),
    Example(
        "this number had too many", {"status": 200, "code": "LimitExceeded.PhoneNumberDailyLimit"}, Outcome.THROTTLED
    ),
    Example("too many calls", {"status": 200, "code": "RequestLimitExceeded"}, Outcome.THROTTLED),
    Example("no such number", {"status": 200, "code": "InvalidParameterValue.IncorrectPhoneNumber"}, Outcome.REFUSED),
    Example(
        "no package left",
        {"status": 200, "code": "FailedOperation.InsufficientBalanceInSmsPackage"},
        Outcome.ACCOUNT,
    ),
    Example("our key is wrong", {"status": 200, "code": "AuthFailure.SignatureFailure"}, Outcome.ACCOUNT),
    Example("failed inside", {"status": 200, "code": "InternalError.Timeout"}, Outcome.UNKNOWN),
    Example("a gateway failed", {"status": 502}, Outcome.UNKNOWN),
)


def signature(secret: str, service: str, host: str, payload: bytes, at: datetime) -> tuple[str, str]:
    """TC3-HMAC-SHA256 of a JSON POST to `/`: (scope, signature)."""
    day = f"{at:%Y-%m-%d}"
    scope = f"{day}/{service}/tc3_request"
    request = "\n".join(
        (
            "POST",
            "/",
            "",
            f"content-type:{CONTENT}\nhost:{host}\n",
            "content-type;host",
            sha256(payload).hexdigest(),
        )
    )
    signed = "\n".join(("TC3-HMAC-SHA256", str(int(at.timestamp())), scope, sha256(request.encode()).hexdigest()))
    key = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return scope, hmac.digest(key, signed.encode(), "sha256").hex()


class TencentSession:
    """One HTTP client for a batch."""

    def __init__(self, client: httpx.AsyncClient, given: TencentSettings) -> None:
        self._client = client
        self._given = given

    async def send(self, message: Outgoing) -> Result:
        """One attempt to one number."""
        number, template, given = e164(message.address), message.provider_template, self._given
        assert template is not None  # the provider is passed over without one
        assert given.secret_key is not None  # `enabled` is asked before
        if number is None:
            return Result(Outcome.REFUSED, "address", "not a telephone number")
        payload = json.dumps(
            {
                "PhoneNumberSet": [number],
                "SmsSdkAppId": given.app_id,
                "SignName": template.signature,
                "TemplateId": template.code,
                "TemplateParamSet": [message.variables.get(ours, "") for _, ours in template.pairs()],
                "SessionContext": message.echo,
            },
            ensure_ascii=False,
        ).encode()
        at = clock.wall()
        scope, mark = signature(
            given.secret_key.get_secret_value(), "sms", urlsplit(given.url).netloc, payload, at.astimezone(UTC)
        )
        headers = {
            "Authorization": f"TC3-HMAC-SHA256 Credential={given.secret_id}/{scope}, "
            f"SignedHeaders=content-type;host, Signature={mark}",
            "Content-Type": CONTENT,
            "X-TC-Action": "SendSms",
            "X-TC-Version": "2021-01-11",
            "X-TC-Region": given.region,
            "X-TC-Timestamp": str(int(at.timestamp())),
        }
        answer = await ask(self._client, method="POST", url="/", content=payload, headers=headers)
        if isinstance(answer, Result):
            return answer
        code, reference = _said(body_of(answer).get("Response"))
        return classify(status=answer.status_code, code=code, reference=reference, headers=answer.headers)


def _said(response: object) -> tuple[str | None, str | None]:
    """(code, serial number) of an answer, whichever of its shapes it has."""
    if not isinstance(response, dict):
        return None, None
    if "Error" in response:
        return response["Error"].get("Code"), None
    statuses = response.get("SendStatusSet") or [{}]
    return statuses[0].get("Code"), statuses[0].get("SerialNo")


@asynccontextmanager
async def session() -> AsyncIterator[Session]:
    """A session for a batch of messages."""
    given = settings()
    async with client_of(given.url, given.connect_timeout, given.read_timeout) as client:
        yield TencentSession(client, given)


def parse(body: bytes) -> Sequence[Receipt]:
    """Tencent's reports: a list, its times in China's. Raises ValueError where the body is not one."""
    try:
        return [
            Receipt(
                echo="",
                reference=str(report["sid"]),
                arrived=report["report_status"] == "SUCCESS",
                code=str(report.get("errmsg") or ""),
                at=_time(report.get("user_receive_time")),
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
    enabled=lambda: None not in (settings().secret_id, settings().secret_key, settings().app_id),
    open=session,
    classify=classify,
    rate=lambda: settings().rate,
    needs_template=True,
    receipts=Receipts(token=_token, parse=parse, answer={"result": 0, "errmsg": "OK"}),
)
