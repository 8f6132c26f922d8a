"""Finds the route of a request by a dictionary instead of trying every pattern.

Starlette tries its routes one after another; with a hundred routes that costs more than the rest of the framework.
Here the method, the number of segments and the resource's name lead to the few patterns that can match, in their
order. Whatever is not found so (404, 405, redirects, mounts) goes the ordinary way.
"""

from __future__ import annotations

from fastapi.routing import APIRouter
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

#: Paths are `/<service>/v1/<resource>/…`: this segment tells the resources apart.
_SEGMENT = 3

_Key = tuple[str, int, str]


class Dispatcher:
    """Stands before a router as its innermost middleware; `rebuild()` after routes were added."""

    def __init__(self, router: APIRouter) -> None:
        self._router = router
        self._ordinary = router.middleware_stack
        self._index: dict[_Key, list[Route]] = {}
        self._indexed = -1

    def rebuild(self) -> None:
        """Index the router's routes anew."""
        self._index.clear()
        for route in self._router.routes:
            for key in _keys(route):
                assert isinstance(route, Route)
                self._index.setdefault(key, []).append(route)
        self._indexed = len(self._router.routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope.get("root_path"):
            if self._indexed != len(self._router.routes):
                self.rebuild()
            path = scope["path"]
            parts = path.split("/", _SEGMENT + 1)
            key = (scope["method"], path.count("/"), parts[_SEGMENT] if len(parts) > _SEGMENT else "")
            for route in self._index.get(key, ()):
                match = route.path_regex.match(path)
                if match is None:
                    continue
                values = match.groupdict()
                for name, value in values.items():
                    values[name] = route.param_convertors[name].convert(value)
                scope["router"] = self._router
                scope["route"] = route
                scope["endpoint"] = route.endpoint
                scope["path_params"] = values
                await route.handle(scope, receive, send)
                return
        await self._ordinary(scope, receive, send)


def _keys(route: BaseRoute) -> list[_Key]:
    """The index keys of a route; none when its path is not of the usual shape."""
    if not isinstance(route, Route) or not route.methods:
        return []
    template = route.path_format
    parts = template.split("/")
    if any("{" in part for part in parts[: _SEGMENT + 1]) or ":path}" in route.path:
        return []
    resource = parts[_SEGMENT] if len(parts) > _SEGMENT else ""
    return [(method, template.count("/"), resource) for method in route.methods]
