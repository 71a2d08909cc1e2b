"""Who may talk to the page: its own scripts, from its own address; and nothing that they load comes from elsewhere.

A page on this machine is within reach of every website that its user visits: a form on one can send to it, and a name that
leads to 127.0.0.1 for a moment makes one of them look like the page itself. Both are refused here, before anything is read.
"""

from __future__ import annotations

import ipaddress
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    # Gradio starts itself with inline scripts and compiles its templates in the browser.
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_READS = ("GET", "HEAD", "OPTIONS")
# What can be sent to Gradio. Its own upload of files is not among them: what comes in there stays on the disk.
_SENT_TO = tuple(f"/gradio_api/{name}" for name in ("run/", "call/", "api/", "queue/join", "cancel", "reset"))
_WRONG_NAME = (
    "Deze pagina is hier alleen te bereiken als http://127.0.0.1 of http://localhost. Wilt u haar onder een andere naam "
    "aanbieden, start dan ‘assistant serve’ met --host.\n"
    "This page answers to http://127.0.0.1 and http://localhost only. To serve it by another name, start ‘assistant serve’ "
    "with --host.\n"
)


class OwnOrigin:
    """Refuses what other sites send, and tells the browser with every response to load nothing from another address.

    Args:
        host: where the page listens. On this machine alone it answers to names of this machine alone; elsewhere its
            names are not known.
        places: what else than Gradio's own can be sent to.
    """

    def __init__(self, app: ASGIApp, *, host: str, places: tuple[str, ...]) -> None:
        self._app = app
        self._only_here = is_only_here(host)
        self._places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: MutableMapping[str, Any] = message
                headers["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send_with_policy)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if self._only_here and not cannot_be_lent(_name(headers.get("host", ""))):
            return PlainTextResponse(_WRONG_NAME, status_code=421)
        if scope["method"] in _READS:
            return None
        if not is_from_own_page(headers):
            return PlainTextResponse("sent by another site", status_code=403)
        if not scope["path"].startswith(_SENT_TO) and scope["path"] not in self._places:
            return PlainTextResponse("nothing is taken in here", status_code=404)
        return None


def is_only_here(host: str) -> bool:
    """Whether who listens at a host hears this machine alone."""
    try:
        return _is_localhost(host) or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def cannot_be_lent(name: str) -> bool:
    """Whether no other site can pass for what a visitor calls the page: an address, or a name that never leads elsewhere."""
    try:
        return _is_localhost(name) or bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def _is_localhost(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost")


def is_from_own_page(headers: Headers) -> bool:
    """Whether a request was sent by a script of this very page, or by no browser at all."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _name(host: str) -> str:
    """The name in a Host header: `localhost:7860`, `[::1]:7860`."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""
