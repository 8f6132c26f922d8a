"""`build_app`: a service's API process out of its spec, its settings and its routers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from shared.auth.keyring import KeyRing
from shared.auth.keys import load_private_key, public_jwks
from shared.auth.principal import Principal
from shared.auth.roles import ADMIN, OPS, RESIDENT, SERVICE, STAFF
from shared.db.tx import Tx
from shared.http import problems
from shared.http.clients import fetch_jwks
from shared.http.cors import CorsMiddleware, Origins
from shared.http.dispatch import Dispatcher
from shared.http.feed import changes_router
from shared.http.feed_watch import FeedWatch
from shared.http.middleware import RequestMiddleware
from shared.http.openapi import check_operation_ids, document_of
from shared.http.operations import health_router, parked_router
from shared.http.routing import StewardRoute
from shared.http.subject_watch import SubjectWatch
from shared.runtime import Runtime, ServiceSpec, open_runtime
from shared.settings import ServiceSettings

#: Powers of the endpoints that every service has; a service may name other roles for them.
STANDARD_POWERS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "changes.read": STAFF | {RESIDENT, SERVICE},
        "changes.heads": frozenset({SERVICE}),
        "ops.parked": frozenset({OPS, ADMIN}),
        "ops.metrics": frozenset({OPS, ADMIN}),
    }
)

#: The communities (ids) that a member of staff may see, for the feed of a scope below the whole organisation.
CommunitiesOf = Callable[[Tx, Principal], Awaitable[Sequence[UUID]]]
#: A resident's units, each with the instant from which on its events are theirs (None: all).
ResidenceOf = Callable[[Tx, Principal], Awaitable[Mapping[UUID, datetime | None]]]
StrangersOf = Callable[[Tx, Principal], Awaitable[Mapping[UUID, Collection[UUID]]]]
OpenRuntime = Callable[[ServiceSpec, Any], AbstractAsyncContextManager[Runtime]]


def build_app(
    service: ServiceSpec,
    settings: ServiceSettings,
    routers: Sequence[APIRouter],
    *,
    communities_of: CommunitiesOf | None = None,
    residence_of: ResidenceOf | None = None,
    strangers_of: StrangersOf | None = None,
    issuer_keys: Callable[[Runtime], Awaitable[Mapping[str, Any]]] | None = None,
    runtime: OpenRuntime = open_runtime,
) -> FastAPI:
    """The API of one service: `routers` (prefixes such as `/v1/tickets`) under `/<service>`, with feed and health.

    communities_of: which communities a narrow staff scope sees in the change feed; without it, none.
    residence_of: since when a resident's units are theirs; without it, the units of the token without limit.
    strangers_of: whose payments in those units are not the resident's to see, though they come in their time.
    issuer_keys: reads the issuer's JWKS in the service that is the issuer; others fetch `settings.issuer_jwks_url`.
    runtime: opens the process's resources; tests give fakes.
    Raises ValueError when an endpoint asks for a power that the spec does not define, or two share an operation id;
    ConfigurationError when the setting of allowed origins cannot be read.
    """
    powers = {**STANDARD_POWERS, **{name: frozenset(roles) for name, roles in service.powers.items()}}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with runtime(service, settings) as opened:
            keyring = _keyring(settings, opened, issuer_keys)
            await keyring.start()
            watch = FeedWatch(opened.db)
            app.state.runtime, app.state.keyring, app.state.feed_watch = opened, keyring, watch
            app.state.subject_watch = SubjectWatch(opened.db, watch)
            try:
                yield
            finally:
                await app.state.subject_watch.close()
                await watch.close()
                await keyring.close()

    app = FastAPI(
        title=f"Steward {service.name}",
        version=_version(),
        lifespan=lifespan,
        docs_url=None,  # `/docs` shows all services from one page of our own, with no asset from another host
        redoc_url=None,
        openapi_url=f"/{service.name}/openapi.json",
        redirect_slashes=False,
        # What is measured is measured by shared/telemetry; the framework's own would ask at every request whether
        # somebody set it up meanwhile.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.service = service.name
    app.state.powers = MappingProxyType(powers)
    app.state.settings = settings
    app.state.communities_of = communities_of
    app.state.residence_of = residence_of
    app.state.strangers_of = strangers_of
    problems.install(app)
    prefix = f"/{service.name}"
    for router in (*routers, changes_router(), parked_router(), health_router()):
        _mount(app, router, prefix)
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    _check_powers(routes, powers, service.name)
    check_operation_ids(routes)
    app.openapi = document_of(app)  # type: ignore[method-assign]  # the way FastAPI documents
    app.router.middleware_stack = Dispatcher(app.router)
    app.add_middleware(RequestMiddleware, service=service.name)
    if origins := Origins.parse(settings.cors_origins):
        app.add_middleware(CorsMiddleware, origins=origins)
    return app


def _keyring(
    settings: ServiceSettings,
    runtime: Runtime,
    issuer_keys: Callable[[Runtime], Awaitable[Mapping[str, Any]]] | None,
) -> KeyRing:
    issuer = settings.issuer

    async def fetch() -> Mapping[str, Any]:
        if issuer_keys is not None:
            return await issuer_keys(runtime)
        if settings.issuer_key:  # we are the issuer
            return public_jwks([load_private_key(settings.issuer_key)])
        return await fetch_jwks(settings.issuer_jwks_url)

    async def load() -> Mapping[str, Any] | None:
        return await runtime.jwks_load(issuer)

    async def save(document: Mapping[str, Any]) -> None:
        await runtime.jwks_save(issuer, document)

    knows = bool(issuer_keys or settings.issuer_key or settings.issuer_jwks_url)
    return KeyRing(
        issuer=issuer,
        service_jwks=settings.service_jwks,
        fetch=fetch if knows else None,
        load=load,
        save=save,
    )


def _mount(app: FastAPI, router: APIRouter, prefix: str) -> None:
    """Put a router's routes straight into the app, under `prefix`.

    `include_router` would nest: every request would then be matched at each level, and the dispatcher could not see
    the routes. Routers inside routers are left to it.
    """
    for route in router.routes:
        if isinstance(route, StewardRoute):
            app.router.routes.append(_under(prefix, route))
    if any(not isinstance(route, StewardRoute) for route in router.routes):
        rest = APIRouter()
        rest.routes.extend(route for route in router.routes if not isinstance(route, StewardRoute))
        app.include_router(rest, prefix=prefix)


def _under(prefix: str, route: StewardRoute) -> StewardRoute:
    return StewardRoute(
        prefix + route.path,
        route.endpoint,
        response_model=route.response_model,
        status_code=route.status_code,
        tags=route.tags,
        dependencies=route.dependencies,
        summary=route.summary,
        description=route.description,
        response_description=route.response_description,
        responses=route.responses,
        deprecated=route.deprecated,
        name=route.name,
        methods=route.methods,
        operation_id=route.operation_id or route.unique_id,
        response_model_exclude_none=route.response_model_exclude_none,
        response_model_exclude_unset=route.response_model_exclude_unset,
        response_model_by_alias=route.response_model_by_alias,
        include_in_schema=route.include_in_schema,
        response_class=route.response_class,
        openapi_extra=route.openapi_extra,
        max_body_size=route.max_body,
    )


def _check_powers(routes: Sequence[APIRoute], powers: Mapping[str, frozenset[str]], service: str) -> None:
    asked = {power for route in routes if isinstance(route, StewardRoute) for power in route.powers}
    unknown = sorted(asked - powers.keys())
    if unknown:
        raise ValueError(f"powers asked for and not defined in the powers of {service}: {', '.join(unknown)}")


def _version() -> str:
    try:
        return version("steward")
    except PackageNotFoundError:
        return "0.1.0"
