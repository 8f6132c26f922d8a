"""What a slice's router is made of: `service_router`, `TxDep`, `PageDep`, `IfMatch`, `created`, `etag`, `problems`."""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import orjson
from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.auth.powers import PowerCheck
from shared.auth.principal import Principal
from shared.http.direct import shortened, taken_from
from shared.http.errors import BadIfMatch
from shared.http.paging import Page, PageDep, PageQuery, page_of
from shared.http.problems import problems
from shared.http.transactions import Handler, reading, writing

if TYPE_CHECKING:
    from shared.db.tx import Tx
else:
    Tx = Any  # FastAPI reads the annotation; the dependency behind it gives the value

__all__ = [
    "IfMatch",
    "Page",
    "PageDep",
    "PageQuery",
    "PrincipalDep",
    "StewardRoute",
    "TxDep",
    "answer_not_kept",
    "body_example",
    "created",
    "etag",
    "own_transactions",
    "page_of",
    "problems",
    "public",
    "service_router",
]

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: The largest body an endpoint takes unless it says otherwise (`max_body_size=`): 500 bulk rows fit with room.
MAX_BODY: Final = 4 * 1024 * 1024

_VERSION: Final = re.compile(r'(?:W/)?"(\d{1,9})"|(\d{1,9})')

_KEY_PARAMETER: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes a repeat safe: the same key and content is answered as the first time "
    "(`Idempotency-Replayed: true`), the same key with other content is 409. Kept 7 days.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[\\x20-\\x7e]+$"},
}


def public(endpoint: Endpoint) -> Endpoint:
    """Mark an endpoint that anybody may call (sign-in, key sets). It gets no principal and no transaction."""
    endpoint.__steward_public__ = True  # type: ignore[attr-defined]  # a mark on a function
    return endpoint


def own_transactions(endpoint: Endpoint) -> Endpoint:
    """Mark a writing endpoint that opens its transactions itself (several organisations, network in between).

    It authenticates as others do; `TxDep` is not available, nor are idempotency keys, unless it sees to them.
    """
    endpoint.__steward_own__ = True  # type: ignore[attr-defined]  # a mark on a function
    return endpoint


def answer_not_kept(endpoint: Endpoint) -> Endpoint:
    """Mark a writing endpoint whose answer opens personal data: nothing may store it, where no erasure would reach it.

    It has its transaction as others do, but takes no Idempotency-Key: a repeat opens again, and is recorded again.
    """
    endpoint.__steward_unkept__ = True  # type: ignore[attr-defined]  # a mark on a function
    return endpoint


async def _current_tx(request: Request) -> Any:
    return request.scope["state"]["tx"]


async def _current_principal(request: Request) -> Principal:
    principal: Principal = request.scope["state"]["principal"]
    return principal


def _at_hand(dependency: Callable[..., Any]) -> str | None:
    """Where the route leaves what these dependencies stand for; the route itself has checked the powers."""
    if dependency is _current_tx:
        return "tx"
    return "principal" if dependency is _current_principal or isinstance(dependency, PowerCheck) else None


#: The open transaction of a write; for a read, a read-only one, opened because the endpoint asks for it.
TxDep = Annotated[Tx, Depends(_current_tx)]

#: The caller, of an endpoint that any signed-in caller may use; most use `allow("power")` instead.
PrincipalDep = Annotated[Principal, Depends(_current_principal)]


async def _if_match(
    if_match: Annotated[
        str | None,
        Header(max_length=40, description="The ETag of the version that was read; 412 if it moved on"),
    ] = None,
) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    found = _VERSION.fullmatch(if_match.strip())
    if found is None:
        raise BadIfMatch
    return int(found.group(1) or found.group(2))


#: The version a staff update was based on, or None without the header. Raises BadIfMatch (422).
IfMatch = Annotated[int | None, Depends(_if_match)]


def etag(response: Response, version: int) -> None:
    """Set the ETag: the row's version."""
    response.headers["ETag"] = f'"{version}"'


def created(response: Response, location: str, version: int | None = None) -> None:
    """Set what a 201 carries: `Location` and, for what has versions, the ETag."""
    response.headers["Location"] = location
    if version is not None:
        etag(response, version)


class _ServiceRequest(Request):
    """A request whose body is limited while it is read, and parsed by orjson: three times as fast, strict about NaN."""

    limit = MAX_BODY

    async def stream(self) -> AsyncGenerator[bytes, None]:
        length = self.headers.get("content-length", "")
        if length.isdigit() and int(length) > self.limit:
            raise HTTPException(413)
        size = 0
        async for chunk in super().stream():
            size += len(chunk)
            if size > self.limit:
                raise HTTPException(413)
            yield chunk

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = orjson.loads(await self.body())
        return self._json


def _walk(dependant: Dependant) -> Iterator[Dependant]:
    for child in dependant.dependencies:
        yield child
        yield from _walk(child)


class StewardRoute(APIRoute):
    """A route that authenticates, checks powers, keeps idempotency keys and commits before it answers."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        endpoint = shortened(endpoint, _at_hand)
        self.is_public = bool(getattr(endpoint, "__steward_public__", False))
        methods = frozenset(method.upper() for method in options.get("methods") or ("GET",))
        self.opens_tx = not self.is_public and bool(methods & WRITES) and not hasattr(endpoint, "__steward_own__")
        self.keeps_answers = self.opens_tx and not hasattr(endpoint, "__steward_unkept__")
        standard = (422, 500, 503) if self.is_public else (401, 403, 422, 500, 503)
        if methods & WRITES:
            standard = (*standard, 413)
        if self.keeps_answers:
            standard = (*standard, 409)  # at least that of an Idempotency-Key used for something else
        given = options.get("responses") or {}
        options["responses"] = dict(sorted({**problems(*standard), **given}.items(), key=lambda item: str(item[0])))
        options["summary"] = options.get("summary") or _summary(endpoint)
        # The limit is ours to keep: Starlette's answers with plain text, before anybody has signed in.
        self.max_body = options.pop("max_body_size", None) or MAX_BODY
        extra = dict(options.get("openapi_extra") or {})
        if self.keeps_answers and _KEY_PARAMETER not in extra.get("parameters", ()):
            extra["parameters"] = [*extra.get("parameters", ()), _KEY_PARAMETER]
        if self.is_public:
            extra.setdefault("security", [])
        options["openapi_extra"] = extra or None
        super().__init__(path, endpoint, **options)

    @property
    def powers(self) -> tuple[str, ...]:
        """The powers that the endpoint asks for through `allow`."""
        return tuple(call.power for call in self._calls() if isinstance(call, PowerCheck))

    def _calls(self) -> list[Callable[..., Any] | None]:
        return [*taken_from(self.endpoint).values(), *(child.call for child in _walk(self.dependant))]

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler inside ours; built once per route."""
        plain = super().get_route_handler()
        limit = self.max_body
        uses_tx = _current_tx in self._calls()
        if uses_tx and not self.opens_tx and (self.is_public or not WRITES.isdisjoint(self.methods or ())):
            raise ValueError(f"{self.path}: TxDep where no transaction is open (public, or own transactions)")
        if self.is_public:
            handler: Handler = plain
        elif self.opens_tx:
            handler = writing(plain, self.powers, self.path_format, keeps_answers=self.keeps_answers)
        else:
            handler = reading(plain, self.powers, with_tx=uses_tx)

        async def handle(request: Request) -> Response:
            ours = _ServiceRequest(request.scope, request.receive)
            ours.limit = limit
            return await handler(ours)

        return handle


def body_example(example: Mapping[str, Any]) -> dict[str, Any]:
    """`openapi_extra=` with an example of the endpoint's body, where its schema does not carry one itself."""
    return {"requestBody": {"content": {"application/json": {"example": dict(example)}}}}


def _summary(endpoint: Callable[..., Any]) -> str | None:
    """The first sentence of an endpoint's docstring, which says more than the function's name in capitals."""
    text = inspect.getdoc(endpoint) or ""
    first = " ".join(text.split("\n\n")[0].split())
    return re.split(r"(?<=[a-z0-9)`])[.;:](?: |$)", first)[0] or None


def _operation_id(route: APIRoute) -> str:
    return route.name


def service_router(
    prefix: str = "", tags: Sequence[str] = (), *, dependencies: Sequence[Any] | None = None
) -> APIRouter:
    """A slice's router: `service_router(prefix="/v1/tickets", tags=["tickets"])`.

    Its endpoints live under `/<service>`; operation ids are `operation_id=` or the function's name.
    """
    names: list[str | Enum] = list(tags)
    return APIRouter(
        prefix=prefix,
        tags=names,
        route_class=StewardRoute,
        dependencies=dependencies,
        generate_unique_id_function=_operation_id,
    )
