"""Hands an endpoint its caller and its transaction without FastAPI's dependency solver.

The route has both at hand before the endpoint runs; solving them as dependencies again takes a sixth of the time that
the framework spends on a request. What other dependencies declare is solved as usual.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, get_args, get_type_hints

from fastapi import Request, params

_REQUEST: Final = "steward_request"
_MARK: Final = "__steward_direct__"


@dataclass(frozen=True, slots=True)
class Direct:
    """What was taken out of an endpoint's signature: parameter -> the dependency behind it."""

    taken: dict[str, Callable[..., Any]]


def taken_from(endpoint: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """The dependencies that `shortened` took out of this endpoint, by parameter."""
    mark: Direct | None = getattr(endpoint, _MARK, None)
    return {} if mark is None else mark.taken


def shortened(endpoint: Callable[..., Any], key_of: Callable[[Callable[..., Any]], str | None]) -> Callable[..., Any]:
    """`endpoint` without the parameters whose dependency `key_of` knows; they are filled from the request's state.

    key_of: dependency -> its key in `request.state`, or None for those that FastAPI shall solve. An endpoint that is
    not a plain coroutine function, or has no such parameter, comes back as it is.
    """
    if hasattr(endpoint, _MARK) or not inspect.iscoroutinefunction(endpoint):
        return endpoint
    try:
        hints = get_type_hints(endpoint, include_extras=True)
    except NameError:  # a name imported for type checkers only: FastAPI may still cope with it
        return endpoint
    signature = inspect.signature(endpoint)
    taken: dict[str, Callable[..., Any]] = {}
    keys: list[tuple[str, str]] = []
    kept: list[inspect.Parameter] = []
    for name, parameter in signature.parameters.items():
        annotation = hints.get(name, parameter.annotation)
        call = _dependency(annotation)
        key = key_of(call) if call is not None else None
        if call is not None and key is not None:
            taken[name] = call
            keys.append((name, key))
        else:
            kept.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=annotation))
    if not taken:
        return endpoint
    # FastAPI gives the request to one parameter only: the endpoint's own, or one added here
    own = next((parameter.name for parameter in kept if parameter.annotation is Request), None)
    if own is None:
        kept.append(inspect.Parameter(_REQUEST, inspect.Parameter.KEYWORD_ONLY, annotation=Request))
    direct = _wrap(endpoint, tuple(keys), own)
    returns = hints.get("return", signature.return_annotation)
    direct.__signature__ = inspect.Signature(kept, return_annotation=returns)  # type: ignore[attr-defined]
    setattr(direct, _MARK, Direct(taken))
    return direct


def _wrap(
    endpoint: Callable[..., Coroutine[Any, Any, Any]], keys: tuple[tuple[str, str], ...], own: str | None
) -> Callable[..., Coroutine[Any, Any, Any]]:
    @functools.wraps(endpoint)
    async def direct(**values: Any) -> Any:
        request = values.pop(_REQUEST) if own is None else values[own]
        state = request.scope["state"]
        for name, key in keys:
            values[name] = state[key]
        return await endpoint(**values)

    return direct


def _dependency(annotation: Any) -> Callable[..., Any] | None:
    for extra in get_args(annotation)[1:]:
        if isinstance(extra, params.Depends) and not isinstance(extra, params.Security):
            return extra.dependency
    return None
