"""What apprise's plug-ins say over HTTP, as the wire saw it; and no way out for them but this.

A plug-in reports yes or no, and catches what went wrong itself. So it is given a `requests` of ours: it notes of each
call whether it got through and what was answered, follows no redirect, heeds no proxy, connects only to an address that
was judged first (`domain/targets.py`), and is at an end after a while. Files of this machine are out of reach.

Imported only where a message goes over apprise: it brings a second HTTP client with it. It blocks; call it in a thread.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from types import ModuleType
from typing import Any, Final
from urllib.parse import quote, quote_plus

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from services.notify.channels._apprise_words import Call, Given
from services.notify.domain.targets import BadTarget, Target, parse, pin

#: More of an answer than a plug-in reads from it.
MOST_BYTES: Final = 1_000_000
MOST_CALLS: Final = 12


class Refused(requests.RequestException):
    """A call that is not made; plug-ins take it for a line that broke."""


class Wire:
    """The calls of one attempt. `dry` makes none: it only finds out where the first would go."""

    def __init__(self, given: Given, words: str, *, dry: bool = False) -> None:
        self.calls: list[Call] = []
        self._given = given
        self._dry = dry
        self._marks = _marks(words)
        self._until = time.monotonic() + given.most_seconds
        self._lock = Lock()
        self._closed = False

    def close(self) -> list[Call]:
        """The calls so far; there will be no other."""
        with self._lock:
            self._closed = True
            return list(self.calls)

    def call(self, method: str, url: str, arguments: dict[str, Any]) -> requests.Response:
        """Make one call. Raises RequestException, as plug-ins know it."""
        for ours in ("allow_redirects", "timeout", "verify", "proxies", "stream", "cert"):
            arguments.pop(ours, None)
        given = self._given
        with requests.Session() as session:
            session.trust_env = False
            session.mount("https://", _Adapter())
            session.mount("http://", _Adapter())
            prepared = session.prepare_request(requests.Request(method.upper(), url, **arguments))
            call = self._begin(prepared)
            try:
                answer = session.send(
                    prepared,
                    stream=True,
                    timeout=(given.connect_timeout, given.read_timeout),
                    allow_redirects=False,
                    verify=True,
                )
                call.status, call.after = answer.status_code, answer.headers.get("retry-after", "")
                self._read(answer)
            except BadTarget as error:
                call.blocked = error.reason
                raise Refused(error.reason) from error
            call.whole = True
            return answer

    def _begin(self, prepared: requests.PreparedRequest) -> Call:
        with self._lock:
            if self._closed or len(self.calls) >= MOST_CALLS or time.monotonic() > self._until:
                raise Refused("no more calls")
            if self.calls and self.calls[-1].final:
                # What became of the last one is open, or wants patience: that is ours to judge, not the plug-in's.
                raise Refused("not again")
            call = Call(carries=self._carries(prepared))
            self.calls.append(call)
        if self._dry:
            try:
                parse(str(prepared.url), development=self._given.development)
            except BadTarget as error:
                call.blocked = error.reason
            raise Refused("dry")
        return call

    def _carries(self, prepared: requests.PreparedRequest) -> bool:
        body = prepared.body if isinstance(prepared.body, str | bytes) else b""
        said = (body.encode() if isinstance(body, str) else body) + str(prepared.url).encode()
        return any(mark in said for mark in self._marks)

    def _read(self, answer: requests.Response) -> None:
        """Read the answer, as far as it is of use to anybody: it may have no end."""
        found = b""
        for piece in answer.iter_content(8192):
            found += piece
            if len(found) > MOST_BYTES or time.monotonic() > self._until:
                break
        answer._content = found  # what `iter_content` has read is not kept otherwise
        answer.close()

    def resolve(self, target: Target) -> str:
        """The address to connect to, judged. Raises BadTarget."""
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        return pin(addresses, development=self._given.development)

    def target(self, url: str) -> Target:
        """An address taken apart. Raises BadTarget."""
        return parse(url, development=self._given.development)


_current: ContextVar[Wire] = ContextVar("apprise_wire")


@contextmanager
def wired(wire: Wire) -> Iterator[None]:
    """Calls of plug-ins within are this wire's; outside of it they are refused."""
    token = _current.set(wire)
    try:
        yield
    finally:
        _current.reset(token)


def _marks(words: str) -> tuple[bytes, ...]:
    """The longest run of letters of a text, in the ways in which a call may carry it."""
    run = max(re.findall(r"\w+", words), key=len, default="")
    forms = (run, json.dumps(run)[1:-1], quote(run), quote_plus(run))
    return tuple({form.encode() for form in forms if form})


class _Adapter(HTTPAdapter):
    """Connects to exactly the address that was judged; the certificate is that of the name."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """One request, to a judged address. Raises BadTarget."""
        target = _current.get().target(str(request.url))
        standard = target.port == (443 if target.scheme == "https" else 80)
        name = f"[{target.host}]" if ":" in target.host else target.host
        request.headers["Host"] = name if standard else f"{name}:{target.port}"
        return super().send(request, *args, **kwargs)

    def get_connection_with_tls_context(self, request: Any, verify: Any, proxies: Any = None, cert: Any = None) -> Any:
        """The pool of the judged address, whose connections say when they stand."""
        wire = _current.get()
        target = wire.target(str(request.url))
        try:
            address = wire.resolve(target)
        except (OSError, UnicodeError) as error:
            raise requests.ConnectionError(type(error).__name__, request=request) from error
        _, tls = self.build_connection_pool_key_attributes(request, verify, cert)
        if target.scheme == "http":
            tls = {}
        else:
            tls |= {"server_hostname": target.host, "assert_hostname": target.host}
        pool = self.poolmanager.connection_from_host(address, target.port, target.scheme, pool_kwargs=tls)
        pool.ConnectionCls = _Tls if target.scheme == "https" else _Plain
        return pool


class _Plain(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _current.get().calls[-1].connected = True


class _Tls(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _current.get().calls[-1].connected = True


class _Requests(ModuleType):
    """What a plug-in finds under the name `requests`."""

    def __getattr__(self, name: str) -> Any:
        if name in ("get", "post", "put", "patch", "delete", "head", "options"):
            return lambda url, *data, **rest: _call(name, url, *data, **rest)
        if name == "request":
            return _call
        if name in ("Session", "session", "sessions", "adapters", "api"):
            raise AttributeError(name)  # a way round
        return getattr(requests, name)


def _call(method: str, url: str, *data: Any, **rest: Any) -> requests.Response:
    wire = _current.get(None)
    if wire is None:
        raise Refused("outside of an attempt")
    if data:  # post(url, data), put(url, data), get(url, params)
        rest["params" if method.lower() == "get" else "data"] = data[0]
    return wire.call(method, url, rest)


_OURS: Final = _Requests("requests")


def take_over(package: str) -> None:
    """Give the modules of a plug-in our `requests`, and no files: a template or a key of theirs is not read from
    here."""
    from apprise.apprise_attachment import AppriseAttachment

    class NoFiles(AppriseAttachment):
        def add(self, *args: Any, **kwargs: Any) -> bool:
            raise TypeError("no files")

    def nothing(*args: Any, **kwargs: Any) -> Any:
        raise OSError("no files")

    for name, module in list(sys.modules.items()):
        if name == package or name.startswith(f"{package}."):
            for known, ours in (("requests", _OURS), ("AppriseAttachment", NoFiles)):
                if hasattr(module, known):
                    setattr(module, known, ours)
            module.__dict__["open"] = nothing
