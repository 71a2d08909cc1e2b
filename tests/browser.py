"""What every browser test uses: the page served over a fake assistant, Debian's Chromium, and what the browser complained of.

The fixtures reach the tests through `conftest.py`. A test module says `pytestmark = IN_CHROMIUM`; one that needs another
assistant overrides the fixture `assistant`.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from assistant import web
from tests.fakes_web import EXAMPLES, FakeAssistant

CHROMIUM = Path("/usr/bin/chromium")
IN_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed"),
]
_OPTIONS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

RUNS = "Tot wanneer loopt de Stadsagenda?"  # answered, from a document that is shown as text
MONEY = "Wat is het budget?"  # answered, from a document that is shown as page images
AFTER = "En daarna?"  # answered in part, and understood in its own way
UNKNOWN = "Wat kost een brommer in Proefstad?"  # not answered

NO_STORAGE = """
for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("refused", "SecurityError"); } });
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ------------------------------------------------------------------------------------------------ fixtures


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> FakeAssistant:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "examples.toml").write_text(EXAMPLES, encoding="utf-8")
    return FakeAssistant(folder)


@pytest.fixture(scope="module")
def address(assistant: FakeAssistant) -> Iterator[str]:
    """Where the page over the assistant is served."""
    port = free_port()
    served = web.build(assistant)
    served.launch(server_name="127.0.0.1", server_port=port, prevent_thread_lock=True)
    yield f"http://127.0.0.1:{port}/"
    served.close(verbose=False)


# Not for the whole session: while it is open, playwright keeps an event loop running in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def trouble() -> list[str]:
    """What the browser complained of, and every request to another origin."""
    return []


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, address: str, trouble: list[str]) -> Iterator[Visit]:
    """Opens the page as someone new: `visit(width=360, scheme="dark", language="en", query="?vraag=...")`.

    `script` runs before those of the page; with `context` it is another tab of the same visitor. Every tab collects
    its trouble.
    """
    contexts: list[BrowserContext] = []

    def open_page(
        *,
        width: int = 1280,
        height: int = 800,
        scheme: str = "light",
        motion: str = "no-preference",
        language: str = "nl",
        query: str = "",
        script: str = "",
        context: BrowserContext | None = None,
    ) -> Page:
        if context is None:
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion=motion
            )
            context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
            contexts.append(context)
            if language != "nl":
                context.add_init_script(f"localStorage.setItem('assistant.language', JSON.stringify('{language}'))")
            if script:
                context.add_init_script(script)
        page = context.new_page()
        page.set_default_timeout(15_000)
        _collect(page, address, trouble)
        page.goto(address + query)
        ready(page)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit()


@pytest.fixture
def phone(visit: Visit) -> Page:
    return visit(width=360, height=740)


@pytest.fixture
def dark(visit: Visit) -> Page:
    return visit(scheme="dark")


@pytest.fixture
def english(visit: Visit) -> Page:
    return visit(language="en")


def _collect(page: Page, address: str, trouble: list[str]) -> None:
    def note_request(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            trouble.append(request.url)

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error":
            trouble.append(message.text)

    page.on("request", note_request)
    page.on("console", note_message)
    page.on("pageerror", lambda error: trouble.append(str(error)))


# ------------------------------------------------------------------------------------------------ helpers


def ready(page: Page) -> None:
    """Until the page can be used: the box is there, and what the conversation begins with or a message about it."""
    page.wait_for_selector("#question textarea")
    page.wait_for_selector("#turns > :not(.progress), #message .problem")


def ask(page: Page, question: str) -> None:
    """Ask and wait until the answer stands on the page and is kept."""
    start_asking(page, question)
    expect(page.locator("body.asking")).to_have_count(0)
    expect(page.locator("#answer[data-outcome]")).to_be_visible()


def start_asking(page: Page, question: str) -> None:
    """Ask without waiting for the answer."""
    page.fill("#question", question)
    page.click("#ask")


def axe(page: Page, *, impacts: tuple[str, ...] = ("serious", "critical")) -> list[str]:
    """What axe-core finds on the page as it is now, a line for every element: rule, impact, what to mend, and where."""
    package = pytest.importorskip("axe_playwright_python")
    if not page.evaluate("'axe' in window"):
        page.evaluate((Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{rule['id']} ({rule['impact']}): {node['failureSummary'].splitlines()[-1].strip()} at {node['html'][:160]}"
        for rule in found["violations"]
        if rule["impact"] in impacts
        for node in rule["nodes"]
    ]
