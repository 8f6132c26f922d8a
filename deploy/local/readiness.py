"""Asking the services whether they are ready, without an HTTP library: this runs in the supervisor."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from urllib.parse import urlsplit


def fetch(url: str, path: str, timeout: float = 2.0) -> tuple[int, bytes]:
    """Status and body of a GET; status 0 with the reason as body when nobody answers."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error).encode()
    finally:
        connection.close()


def not_ready(urls: Mapping[str, str]) -> dict[str, str]:
    """The services that are not ready, each with the reason it gives."""
    waiting: dict[str, str] = {}
    for service, url in urls.items():
        status, body = fetch(url, f"/{service}/readyz")
        if status != 200:
            waiting[service] = _reason(status, body)
    return waiting


def _reason(status: int, body: bytes) -> str:
    text = body.decode(errors="replace")
    try:
        found = json.loads(text)
    except ValueError:
        return f"{status} {text[:120]}"
    if isinstance(found, dict):
        checks = found.get("checks")
        if isinstance(checks, dict):
            bad = [name for name, value in checks.items() if not _good(value)]
            return f"{status} " + ", ".join(bad)
        return f"{status} {found.get('title') or found.get('status') or ''}"
    return str(status)


def _good(value: object) -> bool:
    if isinstance(value, dict):
        return bool(value.get("ok", value.get("status") in ("ok", True)))
    return value in (True, "ok")
