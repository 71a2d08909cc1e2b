"""What every browser test uses: the page served over a fake assistant, Debian's Chromium, and what the browser complained of.

The fixtures reach the tests through `conftest.py`. A test module says `pytestmark = IN_CHROMIUM`; one that needs another
assistant overrides the fixture `assistant`.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route, expect, sync_playwright

from assistant import web
from tests.fakes_web import EXAMPLES, FakeAssistant

# Seconds to wait for what the page shows: it fails only what never comes, however busy the machine is.
PATIENCE = 15
expect.set_options(timeout=PATIENCE * 1000)

CHROMIUM = Path("/usr/bin/chromium")
IN_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed"),
]
_OPTIONS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

Read = TypeVar("Read")

RUNS = "Tot wanneer loopt de Stadsagenda?"  # answered, from a document that is shown as text
MONEY = "Wat is het budget?"  # answered, from a document that is shown as page images
AFTER = "En daarna?"  # answered in part, and understood in its own way
UNKNOWN = "Wat kost een brommer in Proefstad?"  # not answered

NO_STORAGE = """
for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("refused", "SecurityError"); } });
"""


@contextlib.contextmanager
def serving(assistant: Any) -> Iterator[str]:
    """The page over an assistant, at a port of its own: its address."""
    served = web.build(assistant)
    for attempt in range(5):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        try:
            served.launch(server_name="127.0.0.1", server_port=port, prevent_thread_lock=True, quiet=True)
            break
        except OSError:  # somebody else took the port meanwhile
            if attempt == 4:
                raise
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        if isinstance(assistant, FakeAssistant):
            assistant.hold.set()  # no question waits any more
        served.close(verbose=False)


# ------------------------------------------------------------------------------------------------ fixtures


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> FakeAssistant:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "examples.toml").write_text(EXAMPLES, encoding="utf-8")
    return FakeAssistant(folder)


@pytest.fixture(scope="module")
def address(assistant: FakeAssistant) -> Iterator[str]:
    """Where the page over the assistant is served."""
    with serving(assistant) as served:
        yield served


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
        page.set_default_timeout(PATIENCE * 1000)
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


def eventually(page: Page, read: Callable[[], Read], wanted: Read) -> None:
    """Wait until what is read is what is wanted: for what a single `expect` cannot say."""
    end = time.monotonic() + PATIENCE
    while (found := read()) != wanted and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert found == wanted


def hold_back(page: Page, pattern: str) -> list[Route]:
    """From now on the requests to such an address wait for the test, which may let them `continue_()`."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(pattern, hold)
    return held


@contextlib.contextmanager
def fetching_ahead(page: Page, citations: int) -> Iterator[list[str]]:
    """What is asked in here has so many citations, whose sources come by themselves; every request for one is listed."""
    asked: list[str] = []
    came: list[str] = []

    def complete(request: Request) -> bool:
        if request.url.endswith("/run/source"):
            came.append(request.url)
        return len(came) == citations

    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/run/source") else None)
    with page.expect_event("requestfinished", complete):
        yield asked


def open_citation(page: Page, number: int) -> float:
    """Click a marker: the milliseconds until its quote is seen."""
    took: float = page.evaluate(
        """number => new Promise(done => {
            const started = performance.now();
            document.querySelector(`#answer [data-citation="${number}"]`).click();
            (function look() {
                const box = document.querySelector('#source mark, #source [data-highlight]')?.getBoundingClientRect();
                if (box && box.bottom > 0 && box.top < innerHeight) requestAnimationFrame(() => done(performance.now() - started));
                else requestAnimationFrame(look);
            })();
        })""",
        number,
    )
    return took


def redrawing(page: Page) -> float:
    """The milliseconds the browser needs now to draw the open panel once more from its text: the measure of an opening."""
    took: float = page.evaluate(
        """() => new Promise(done => {
            const copy = document.querySelector('#source').cloneNode();
            const content = document.querySelector('#source').innerHTML;
            const started = performance.now();
            copy.innerHTML = content;
            document.body.append(copy);
            copy.querySelector('mark, [data-highlight]').scrollIntoView({ block: 'center' });
            Promise.all([...copy.querySelectorAll('img')].map(image => image.decode())).then(() =>
                requestAnimationFrame(() => requestAnimationFrame(() => {
                    const took = performance.now() - started;
                    copy.remove();
                    done(took);
                })));
        })"""
    )
    return took


def at_rest(page: Page) -> None:
    """Until nothing scrolls and no transition runs any more: the same in ten frames, one after the other."""
    page.evaluate(
        """() => new Promise(done => {
            let before = "", frames = 0;
            (function look() {
                const scrolled = [...document.querySelectorAll("#source, .source-body")].map(part => part.scrollTop);
                const moving = document.getAnimations().filter(one => one instanceof CSSTransition).length;
                const now = JSON.stringify([scrollX, scrollY, moving, ...scrolled]);
                frames = now === before && !moving ? frames + 1 : 0;
                before = now;
                if (frames < 10) requestAnimationFrame(look);
                else done();
            })();
        })"""
    )


def axe(page: Page, *, impacts: tuple[str, ...] = ("serious", "critical")) -> list[str]:
    """What axe-core finds on the page as it is now, a line for every element: rule, impact, what to mend, and where."""
    package = pytest.importorskip("axe_playwright_python")
    at_rest(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate((Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{rule['id']} ({rule['impact']}): {node['failureSummary'].splitlines()[-1].strip()} at {node['html'][:160]}"
        for rule in found["violations"]
        if rule["impact"] in impacts
        for node in rule["nodes"]
    ]
