"""A POST route: reads a limited body, runs a handler, and answers any exception with the one `error` event."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from steepest.server.accounts import Account
from steepest.server.errors import BodyTooLarge, Refused, error_event, http_status
from steepest.server.service import Service
from steepest.server.worker.scheduler import FairShare
from steepest.spec import Text
from steepest.spec.text import Language

_CLIENT_CLOSED_REQUEST = 499  # nginx's status for it; nobody receives the response


@dataclass
class Exchange:
    """One request. language: of error messages; a handler sets the one that the body asks for."""

    service: Service
    request: Request
    language: Language

    @property
    def account(self) -> Account:
        """Of the address that sent the request."""
        return self.service.accounts.of(self.request.scope)

    @property
    def share(self) -> FairShare:
        """Of the workers' time: the same for all requests of one address."""
        return self.account.share

    async def body(self, limit: int, too_large: Callable[[int], BodyTooLarge]) -> bytes:
        """The body. Raises `too_large(limit)` as soon as more bytes have arrived, whatever the headers claim."""
        body = bytearray()
        async for part in self.request.stream():
            body += part
            if len(body) > limit:
                raise too_large(limit)
        return bytes(body)


Handler = Callable[[Exchange], Awaitable[Response]]


def endpoint(service: Service, handler: Handler, name: str) -> Callable[[Request], Awaitable[Response]]:
    """The route of a handler. name: of the log line for an unexpected exception, with `.failed` after it."""

    async def answer(request: Request) -> Response:
        exchange = Exchange(service, request, _language(request))
        try:
            return await handler(exchange)
        except ClientDisconnect:
            return Response(status_code=_CLIENT_CLOSED_REQUEST)
        except (Exception, asyncio.CancelledError) as error:
            # The server cancels requests that are still running when it stops.
            known = _stopping() if isinstance(error, asyncio.CancelledError) else error
            event = error_event(known, exchange.language, log_as=f"{name}.failed", request=name)
            return json_response(event.model_dump_json(), http_status(known, event))

    return answer


def json_response(content: str, status: int = 200) -> Response:
    """A JSON document that no cache keeps."""
    return Response(content, status_code=status, media_type="application/json", headers={"cache-control": "no-store"})


def request_too_large(limit: int, field: str = "") -> BodyTooLarge:
    """The body of a JSON request is too large."""
    return BodyTooLarge(Text(f"a request has at most {limit} bytes", f"请求最多 {limit} 字节"), field)


def _stopping() -> Refused:
    return Refused("busy", Text("the server is stopping; try again soon", "服务器正在停止，请稍后再试"))


def _language(request: Request) -> Language:
    """As `?language=` says, else the browser's preferred one."""
    asked = request.query_params.get("language") or request.headers.get("accept-language", "")
    return "zh" if asked.startswith("zh") else "en"
