"""Builds the server: the ASGI application with its parts, its errors sorted, its requests counted."""

from __future__ import annotations

import re
import time
from typing import Any

import structlog
from litestar import Litestar, Response
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import HavenError
from app.sync import protocol
from app.sync.protocol import ProblemCode
from app.sync.server.bodies import AnyRequest, failure
from app.sync.server.limits import RateLimit
from app.sync.server.metrics import Metrics
from app.sync.server.parts import Draining, Parts
from app.sync.server.pokes import Pokes
from app.sync.server.problems import Refused, StoreDamaged, StoreFull, StoreUnavailable
from app.sync.server.provider import Providers
from app.sync.server.routes import HANDLERS
from app.sync.server.settings import Settings
from app.sync.server.signing import IDENTITY_FILE, Identity, read_key_file
from app.sync.server.store import open_store
from app.words import mark

_log = structlog.get_logger("haven.server")
_ID = re.compile(r"[0-9a-f]{32}")
_ROUTES = frozenset(path.replace("{scope_id:str}", "{id}") for handler in HANDLERS for path in handler.paths)
_HTTP_CODES = {404: ProblemCode.NOT_FOUND, 413: ProblemCode.TOO_LARGE}
_UNEXPECTED = mark("The server made a mistake. Nothing was lost.")
_NOT_UNDERSTOOD = mark("The request was not understood.")


def build_app(settings: Settings) -> Litestar:
    """The application on the store in `settings.data`. Raises EnvironmentProblem when that cannot be opened."""
    identity = Identity(read_key_file(settings.data / IDENTITY_FILE))
    store = open_store(settings)
    metrics = Metrics()
    pokes = Pokes(settings.most_listeners, store, metrics, settings.heartbeat_seconds)

    def grown(agency_id: str) -> None:
        metrics.count("haven_feeds_grown_total")
        pokes.tell(agency_id)

    store.listen(grown)
    parts = Parts(
        settings=settings,
        store=store,
        identity=identity,
        metrics=metrics,
        pokes=pokes,
        enrol_limit=RateLimit(settings.enrol_per_minute),
        device_limit=RateLimit(2 * settings.sign_in_per_minute),
        address_limit=RateLimit(20 * settings.sign_in_per_minute),
        flag_limit=RateLimit(settings.flags_per_minute),
        draining=Draining(),
        providers=Providers(),
    )
    return Litestar(
        route_handlers=HANDLERS,
        state=State({"parts": parts}),
        middleware=[_watched(metrics)],
        exception_handlers={HTTPException: _on_http, HavenError: _on_ours, Exception: _on_unexpected},
        on_shutdown=[store.close],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=protocol.MAX_BODY,
        debug=False,
    )


def _on_ours(_: AnyRequest, error: HavenError) -> Response[bytes]:
    match error:
        case Refused():
            return failure(error.status, error.code, error.text, retry_after=error.retry_after)
        case StoreFull():
            _log.error("store_full")
            return failure(507, ProblemCode.STORE_FULL, error.text)
        case StoreDamaged():
            _log.error("store_damaged")
            return failure(503, ProblemCode.UNAVAILABLE, error.text)
        case StoreUnavailable():
            _log.error("store_unavailable")
            return failure(503, ProblemCode.UNAVAILABLE, error.text, retry_after=5)
        case _:
            _log.error("unexpected_error", kind=type(error).__name__)
            return failure(500, ProblemCode.INTERNAL, _UNEXPECTED)


def _on_http(_: AnyRequest, error: HTTPException) -> Response[bytes]:
    """What the framework found: no such path or method, a body that broke off."""
    code = _HTTP_CODES.get(error.status_code, ProblemCode.MALFORMED)
    if error.status_code >= 500:
        return failure(500, ProblemCode.INTERNAL, _UNEXPECTED)
    return failure(error.status_code, code, _NOT_UNDERSTOOD)


def _on_unexpected(_: AnyRequest, error: Exception) -> Response[bytes]:
    """A mistake of ours: its kind and place go to the log, never its text, and nothing of it to the other end."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_name}:{frame.tb_lineno}" if frame is not None else ""
    _log.error("unexpected_error", kind=type(error).__name__, place=place)
    return failure(500, ProblemCode.INTERNAL, _UNEXPECTED)


def _watched(metrics: Metrics) -> Any:
    """Middleware that counts and times each request by its route, never by what is in it."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP:
                await app(scope, receive, send)
                return
            began = time.monotonic()
            route = _ID.sub("{id}", scope["path"])

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    spent = time.monotonic() - began
                    metrics.observe(route if route in _ROUTES else "other", message["status"], spent)
                await send(message)

            await app(scope, receive, noted)

        return watched

    return wrap
