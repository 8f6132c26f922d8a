"""Any of the many services that apprise knows (ntfy, Bark, Slack, Telegram, …), at an address that people enter.

Settings: STEWARD_NOTIFY_APPRISE_SCHEMAS, the schemas of addresses that are taken here, separated by commas, such as
`ntfys,bark,slack`, or `*` for all in `_apprise_plugins.py`; without it the channel is off. What a plug-in thinks of its
own call counts for little: the wire decides (`_apprise_wire.py`). Apprise is loaded by the process that sends over it,
with the plug-ins that it needs, at the first message.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache
from importlib import import_module
from typing import Any, Final

import orjson
from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notify.channels._apprise_plugins import PLUGINS
from services.notify.channels._apprise_words import Call, Given
from services.notify.domain.channels import Channel, Example, Outgoing, Session
from services.notify.domain.delivery import Outcome, Result

CODE: Final = "apprise"
#: schema -> the plug-in's module
MODULES: Final[Mapping[str, str]] = {schema: name for name, given in PLUGINS.items() for schema in given.split()}


class AppriseSettings(BaseSettings):
    """The channel's own settings; seconds for the time-outs, `most_seconds` of an attempt altogether."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_NOTIFY_APPRISE_", extra="ignore", populate_by_name=True)

    schemas: str = ""
    connect_timeout: float = 5.0
    read_timeout: float = 15.0
    most_seconds: float = 30.0
    mode: str = Field(default="production", validation_alias=AliasChoices("STEWARD_NOTIFY_MODE", "STEWARD_MODE"))

    def allows(self, schema: str) -> bool:
        """Whether addresses of this schema are taken here."""
        named = {item.strip().lower() for item in self.schemas.split(",")}
        return schema in MODULES and ("*" in named or schema in named)

    @property
    def given(self) -> Given:
        """What the wire heeds."""
        return Given(self.connect_timeout, self.read_timeout, self.most_seconds, self.mode == "development")


@cache
def settings() -> AppriseSettings:
    """The settings of this process, read once."""
    return AppriseSettings()


def classify(*, calls: Sequence[Call], taken: bool) -> Result:
    """What an attempt's calls mean; `taken` is the plug-in's own word."""
    if not calls:
        return Result(Outcome.REFUSED, "unsaid", "the plug-in does not take these words or this address")
    last = calls[-1]
    code = str(last.status or ("target" if last.blocked else "silence"))
    if taken and last.taken:
        return Result(Outcome.SENT, code)
    # A call before it may have been the message: the one with the words in it, or, where none shows them, any.
    shown = any(call.carries for call in calls)
    if any(call.taken and (call.carries or not shown) for call in calls[:-1]):
        return Result(Outcome.UNKNOWN, code, "an earlier call of the same attempt was taken")
    if last.blocked is not None:
        return Result(Outcome.REFUSED, code, last.blocked)
    if last.status is None:
        return Result(Outcome.UNKNOWN if last.connected else Outcome.UNREACHABLE, code)
    if last.busy:
        wait = timedelta(seconds=int(last.after)) if last.after.isdigit() and len(last.after) < 6 else None
        return Result(Outcome.THROTTLED, code, after=wait)
    if last.status >= 500 or not last.whole:
        return Result(Outcome.UNKNOWN, code)
    # Refused by the code, sent elsewhere (no redirect is followed), or refused by what the answer says.
    return Result(Outcome.REFUSED, code)


def _of(*statuses: int, taken: bool = False, **noted: Any) -> dict[str, Any]:
    calls = [Call(status=status, connected=True, whole=True, carries=True) for status in statuses]
    return {"calls": [*calls, Call(**noted)] if noted else calls, "taken": taken}


EXAMPLES = (
    Example("taken", _of(200, taken=True), Outcome.SENT),
    Example("too many", _of(429), Outcome.THROTTLED),
    Example("the address is none any more", _of(404), Outcome.REFUSED),
    Example("its key is wrong", _of(401), Outcome.REFUSED),
    Example("answers 200 and says no", _of(200), Outcome.REFUSED),
    Example("sends us elsewhere", _of(302), Outcome.REFUSED),
    Example("leads inside", _of(blocked="internal"), Outcome.REFUSED),
    Example("failed inside", _of(500), Outcome.UNKNOWN),
    Example("nobody answers", _of(connected=False), Outcome.UNREACHABLE),
    Example("silence after the request", _of(connected=True, carries=True), Outcome.UNKNOWN),
    Example("took a part and refused another", _of(200, 400), Outcome.UNKNOWN),
    Example(
        "let us in, and then asks for patience",
        {"calls": [Call(200, True, True), Call(429, True, True, carries=True)], "taken": False},
        Outcome.THROTTLED,
    ),
    Example("the plug-in does not take the words", _of(), Outcome.REFUSED),
)


class BadAddress(ValueError):
    """An apprise address that is not taken; `reason` is a code: schema, malformed, several, or one of a target's."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def schema_of(url: str) -> str:
    """The schema of an address, in lower case; empty where there is none."""
    schema, sep, _ = url.partition("://")
    return schema.lower() if sep else ""


def _plugin(url: str) -> Any:
    """The plug-in of an address, ready to send. Raises BadAddress."""
    schema = schema_of(url)
    if not settings().allows(schema):
        raise BadAddress("schema")
    kind = _class_of(schema)
    from apprise import AppriseAsset
    from apprise.common import OverflowMode

    asset = AppriseAsset(
        app_id="Steward",
        app_desc="Steward",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        http_redirects=False,
        storage_mode="memory",
        plugin_paths=[],
    )
    try:
        told = kind.parse_url(url.replace("/#", "/%23"))
        # How often, how patiently and in how many pieces is ours to say, not the address's.
        told = {name: value for name, value in (told or {}).items() if name not in ("retry", "wait", "overflow")}
        found = kind(**{**told, "asset": asset}) if told else None
        several = found is not None and len(found) != 1
    except Exception as error:  # each plug-in has its own way to dislike an address, and says what it read
        raise BadAddress("malformed") from error
    if found is None:
        raise BadAddress("malformed")
    if several:
        raise BadAddress("several")  # what reached one of two readers could neither be repeated nor left
    found.overflow_mode = OverflowMode.UPSTREAM  # a message is one call
    return found


@cache
def _class_of(schema: str) -> Any:
    """The class of a schema, its module loaded and put on our wire."""
    from services.notify.channels._apprise_wire import take_over

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it says addresses and words
    package = f"apprise.plugins.{MODULES[schema]}"
    module = import_module(package)
    take_over(package)
    for name, found in vars(module).items():
        if name.startswith("Notify") and isinstance(found, type) and schema in schemas_of(found):
            return found
    raise BadAddress("schema")


def schemas_of(kind: Any) -> set[str]:
    """The schemas by which apprise knows one of its classes."""
    given = [getattr(kind, name, None) for name in ("protocol", "secure_protocol")]
    return {one for names in given if names for one in ([names] if isinstance(names, str) else names)}


def attempt(url: str, title: str, body: str, *, dry: bool = False) -> tuple[list[Call], bool]:
    """One attempt, or a dry run of one: its calls, and what the plug-in thinks of it. Blocks. Raises BadAddress."""
    found = _plugin(url)
    from apprise.common import NotifyFormat, NotifyType
    from apprise.conversion import convert_between

    from services.notify.channels._apprise_wire import Wire, wired

    wire = Wire(settings().given, body, dry=dry)
    wanted = found.resolve_format(NotifyFormat.TEXT)
    with wired(wire):
        try:
            text = convert_between(NotifyFormat.TEXT, wanted, content=body)  # type: ignore[no-untyped-call]
            taken = bool(found.notify(body=text, title=title, notify_type=NotifyType.INFO, body_format=wanted))
        except Exception:  # a fault of the plug-in's own: the wire knows how far it came
            taken = False
    return wire.close(), taken


def check(url: str) -> str:
    """The schema of an address, if messages can go there. Calls nobody; blocks while apprise loads. Raises
    BadAddress."""
    calls, _ = attempt(url, "通知", "通知", dry=True)
    if not calls:
        raise BadAddress("malformed")
    if calls[0].blocked is not None:
        raise BadAddress(calls[0].blocked)
    return schema_of(url)


class AppriseSession:
    """Nothing is kept between messages: each goes to somebody else's service."""

    async def send(self, message: Outgoing) -> Result:
        """One attempt at one address."""
        url = str(orjson.loads(message.address).get("url", ""))
        try:
            calls, taken = await asyncio.to_thread(attempt, url, message.title, message.body)
        except BadAddress as error:
            return Result(Outcome.REFUSED, "address", error.reason)
        result = classify(calls=calls, taken=taken)
        gone = (message.address,) if calls and calls[-1].status == 410 else ()
        return Result(result.outcome, result.code, result.detail, after=result.after, gone=gone)


@asynccontextmanager
async def session() -> AsyncIterator[Session]:
    """A session for a batch of messages."""
    yield AppriseSession()


CHANNEL = Channel(
    code=CODE,
    zh="其他通知服务",
    en="Another notification service",
    address=CODE,
    enabled=lambda: bool(settings().schemas.strip()),
    open=session,
    classify=classify,
    rings=True,
    apart=True,
)
