"""JSON lines on stdout, one per event: time, level, event, service, process, request id, then the caller's fields."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, BinaryIO, Final

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

from shared.clock import wall
from shared.telemetry import context
from shared.telemetry.masking import mask, scrub_text

#: Fields that the machinery writes itself; scrubbing them would only cost time.
_OWN: Final = frozenset({"time", "level", "service", "process", "request_id"})

_static: dict[str, str] = {}
_out: BinaryIO | None = None
_access_on = True


def _add_context(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event["time"] = wall().isoformat(timespec="milliseconds")
    for key, value in _static.items():
        event.setdefault(key, value)
    current = context.request_id.get()
    if current:
        event.setdefault("request_id", current)
    return event


def mask_personal(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The processor that keeps personal data out: see shared.telemetry.masking."""
    return {key: value if key in _OWN else mask_field(key, value) for key, value in event.items()}


def mask_field(key: str, value: Any) -> Any:
    """One field of a log line, masked by its name or scrubbed by shape."""
    masked: dict[str, Any] = mask({key: value})
    return masked[key]


def _render(_: WrappedLogger, __: str, event: EventDict) -> bytes:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z)


def _render_text(logger: WrappedLogger, method: str, event: EventDict) -> str:
    return _render(logger, method, event).decode()


def _scrub_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if isinstance(event.get("exception"), str):
        event["exception"] = scrub_text(event["exception"])
    return event


def configure(service: str, process: str, *, level: str = "INFO", access: bool = True) -> None:
    """Set up logging of this process, structlog's and the standard library's alike (uvicorn, SQLAlchemy).

    service: "ticketing"; process: "api" or "worker"; access: whether requests are logged one by one.
    """
    global _out, _access_on
    number = logging.getLevelNamesMapping()[level.upper()]
    _static.clear()
    _static.update(service=service, process=process)
    _out = sys.stdout.buffer if hasattr(sys.stdout, "buffer") else None
    _access_on = access and number <= logging.INFO
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _add_context,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _scrub_exception,
        mask_personal,
    ]
    structlog.configure(
        processors=[*shared, _render],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.BytesLoggerFactory(_out) if _out else structlog.BytesLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _render_text],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
        logger.setLevel(number)
    logging.getLogger("uvicorn.access").disabled = True  # the middleware writes these lines, with the request id
    logging.getLogger("httpx").setLevel(logging.WARNING)


def access(fields: MutableMapping[str, Any]) -> None:
    """Write one request's line straight to stdout.

    Its fields are ours (method, route template, status, milliseconds, ids), so it skips the processors: every request
    writes one, and the whole chain would cost more than the line is worth. Nothing is written before `configure`.
    """
    if _out is None or not _access_on:
        return
    fields["time"] = wall().isoformat(timespec="milliseconds")
    fields.update(_static)
    _out.write(orjson.dumps(fields, default=str) + b"\n")
    _out.flush()
