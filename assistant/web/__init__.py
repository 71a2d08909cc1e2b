"""The chat page: a thin door over `assembly.Assistant`, served by Gradio from this machine alone.

__init__      build and serve
page          the frame: tabs, box, buttons, what can be asked for, and how it is served
requests      what the browser sends, checked
own_origin    whose requests are answered, and what a browser may load
start         the first screen
asking        a question → the steps of its answer
conversation  questions and answers as HTML
source        a quote in its document, as rendered text or drawn on its page
filters       what can be chosen below the question box, and how many documents remain
uploads       documents that a user adds to a conversation
taking        an answer or a conversation as Word, Markdown or print
thumbs        judgements of answers, where they are kept
documents     the tab of all documents
question_list the tab of many questions at once
about         the tab about the assistant
wording/      every text of the page, in Dutch and in English
static/       styles and scripts: desk.js is what the others lean on
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from typing import TYPE_CHECKING

from assistant.errors import AssistantError
from assistant.settings import PROJECT

if TYPE_CHECKING:
    from assistant.web.page import Assistant, Page

# Gradio and the Hugging Face libraries read these when they are imported: nothing is reported or fetched.
_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_SHARE": "False",
    "GRADIO_SSR_MODE": "False",
    "GRADIO_RUN_HISTORY": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}


def build(assistant: Assistant) -> Page:
    """The page over an assistant, ready to `launch()`."""
    os.environ.update(_QUIET)
    # Gradio imports matplotlib where it is installed, which keeps a list of fonts, by itself in the home folder.
    os.environ.setdefault("MPLCONFIGDIR", str(PROJECT / "indexes" / "matplotlib"))
    _reach_this_machine_directly()
    from assistant.web.page import Page

    return Page(assistant)


def serve(assistant: Assistant, *, host: str, port: int) -> None:
    """Serve the page until Ctrl-C and print its address.

    Raises:
        AssistantError: the address cannot be used, for instance because another program has the port.
    """
    _check_free(host, port)
    # Whoever stops the program kindly is obeyed as Ctrl-C is, so that private documents go with it; also where it was
    # started in the background, which begins with Ctrl-C switched off.
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, signal.default_int_handler)
    page = build(assistant)
    try:
        page.launch(server_name=f"[{host}]" if ":" in host else host, server_port=port, prevent_thread_lock=True)
        print(f"De chat staat op {_address(host, port)} (stoppen: Ctrl-C)", flush=True)
        threading.Event().wait()
    except OSError as error:
        raise _unusable(host, port, error) from error
    except KeyboardInterrupt:
        print("Gestopt.", flush=True)
    finally:
        page.close(verbose=False)


def _address(host: str, port: int) -> str:
    # An address that listens everywhere is no address to visit.
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def _check_free(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        raise _unusable(host, port, error) from error


def _unusable(host: str, port: int, error: OSError) -> AssistantError:
    other = port + 1 if port < 65535 else 7861
    return AssistantError(
        f"the page cannot be served on {host}:{port}: {error.strerror or error}; stop the program that uses that "
        f"port or choose another one, for instance `assistant serve --port {other}`"
    )


def _reach_this_machine_directly() -> None:
    """Gradio asks its own server whether it is up; with a proxy set, that question must not go through it."""
    for variable in ("NO_PROXY", "no_proxy"):
        hosts = [host for host in os.environ.get(variable, "").split(",") if host]
        missing = [host for host in ("127.0.0.1", "localhost", "::1") if host not in hosts]
        os.environ[variable] = ",".join([*hosts, *missing])
