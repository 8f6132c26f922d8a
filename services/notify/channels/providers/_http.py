"""What providers over HTTP have in common: four time-outs, and what it means when no answer came."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import phonenumbers

from services.notify.channels._guarded import tls
from services.notify.domain.delivery import Outcome, Result


class _NoCookies(httpx.Cookies):
    """Keeps none: what is said to a provider of one message is not to depend on what it answered to another."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Look at none either, which is a tenth of what a request costs."""


class _Client(httpx.AsyncClient):
    @property
    def cookies(self) -> httpx.Cookies:
        return _NONE

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        raise TypeError("this client has no cookies")


_NONE = _NoCookies()


@asynccontextmanager
async def client_of(url: str, connect: float, read: float) -> AsyncIterator[httpx.AsyncClient]:
    """A client for a batch; follows no redirect, for a message must not go where nobody sent it."""
    timeout = httpx.Timeout(connect=connect, read=read, write=read, pool=connect)
    async with _Client(base_url=url, timeout=timeout, follow_redirects=False, verify=tls()) as client:
        yield client


async def ask(client: httpx.AsyncClient, *, url: httpx.URL | str, **request: Any) -> httpx.Response | Result:
    """The provider's answer, or what its absence means: before the request had left us nothing has happened, after
    it anything may have. ``url``: of the provider (``/path``), or a whole one."""
    if isinstance(url, str) and url.startswith("/"):
        # The client would join them too, by parsing each and then the whole.
        url = f"{str(client.base_url).rstrip('/')}{url}"
    try:
        return await client.request(url=url, **request)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        return Result(Outcome.UNREACHABLE, "silence", type(error).__name__)
    except httpx.HTTPError as error:
        return Result(Outcome.UNKNOWN, "silence", type(error).__name__)


def judge(
    *,
    status: int,
    code: int | None,
    busy: Collection[int] = (),
    never: Collection[int] = (),
    reference: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Result:
    """What an answer with a numeric code means, 0 being good: `busy` codes ask for patience, `never` are about this
    message to this receiver. Codes that are not known are our account's: nothing was sent, and a person sees it."""
    if status == 200 and code == 0:
        return Result(Outcome.SENT, "0", reference=reference)
    if code in busy or status == 429:
        return Result(Outcome.THROTTLED, str(code or status), after=patience(headers or {}))
    if code in never:
        return Result(Outcome.REFUSED, str(code))
    if status >= 500 or code is None:
        # It failed in the middle of our request and does not say where.
        return Result(Outcome.UNKNOWN, str(status))
    return Result(Outcome.ACCOUNT, str(code))


def patience(headers: Mapping[str, str]) -> timedelta | None:
    """How long `Retry-After` asks for, where it says seconds."""
    wished = headers.get("retry-after", "")
    return timedelta(seconds=int(wished)) if wished.isdigit() else None


def body_of(answer: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object; empty where it is none."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def e164(address: str) -> str | None:
    """A telephone number with its country (China's where none is given), or None where it is none."""
    try:
        number = phonenumbers.parse(address, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
