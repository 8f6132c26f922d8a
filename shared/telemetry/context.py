"""What every log line of a request or a job carries: the request id, from the first caller to the last peer."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

#: The id of the request (or job) under way in this task; "" outside of one. Clients pass it on as X-Request-Id.
request_id: Final[ContextVar[str]] = ContextVar("steward_request_id", default="")
