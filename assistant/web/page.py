"""The parts of the page and what happens on it."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Iterator, MutableMapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import gradio
from starlette.middleware import Middleware

from assistant.errors import AssistantError
from assistant.model import DocumentInfo, Question
from assistant.text import Span
from assistant.web import asking
from assistant.web.asking import Answers, Exchange, WrongFilter
from assistant.web.conversation import conversation_html
from assistant.web.source import Library, source_html
from assistant.web.wording import DUTCH, EXAMPLES, Wording, sentence, wording

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)

_HERE = Path(__file__).resolve().parent
AT_ONCE = 4  # questions answered at the same time; others wait in line
REMEMBER_SECONDS = 6 * 3600  # a conversation nobody continues is forgotten

_THEME = gradio.themes.Base(
    font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"],
    font_mono=["ui-monospace", "Consolas", "monospace"],
)


class Assistant(Answers, Library, Protocol):
    """What the page asks of `assembly.Assistant`."""

    def documents(self) -> Sequence[DocumentInfo]: ...


class Page(gradio.Blocks):  # type: ignore[misc]  # Gradio is untyped here
    """The chat page over one assistant. `launch()` serves it with our own style and nothing from elsewhere."""

    def __init__(self, assistant: Assistant) -> None:
        super().__init__(title=DUTCH.title, analytics_enabled=False)
        self._assistant = assistant
        with self:
            self._lay_out()
        self.queue(default_concurrency_limit=AT_ONCE, api_open=False)

    def launch(self, **options: Any) -> Any:
        """As `gradio.Blocks.launch`. The model is loaded meanwhile, so that the first question need not wait for it."""
        threading.Thread(target=self._warm, name="warm", daemon=True).start()
        ours = {
            "theme": _THEME,
            "head": _head(),
            "app_kwargs": {"middleware": [Middleware(_OwnOrigin)], "docs_url": None, "redoc_url": None},
            "footer_links": [],
            "run_history": False,
            "ssr_mode": False,
            "share": False,
            "pwa": False,
            "quiet": True,
        }
        return super().launch(**{**ours, **options})

    def _warm(self) -> None:
        try:
            self._assistant.ask(Question(EXAMPLES[0]), progress=_log.debug)
        except AssistantError as error:
            _log.warning("not ready for questions: %s", error)

    # ---------------------------------------------------------------------------------------- layout

    def _lay_out(self) -> None:
        words = DUTCH
        language = gradio.State(words.language)
        exchanges = gradio.State((), time_to_live=REMEMBER_SECONDS)
        with gradio.Row(elem_id="top"):
            heading = gradio.HTML(_heading(words), elem_id="heading", js_on_load=None, apply_default_css=False)
            restart = gradio.Button(words.restart, elem_id="restart", size="sm", variant="secondary", min_width=0)
            switch = gradio.Button(
                words.other_language, elem_id="language", size="sm", variant="secondary", min_width=0
            )
        conversation = gradio.HTML(
            conversation_html((), words), elem_id="conversation", js_on_load=None, apply_default_css=False
        )
        with gradio.Column(elem_id="composer"):
            message = gradio.HTML("", elem_id="message", js_on_load=None, apply_default_css=False)
            with gradio.Row(elem_id="question-row"):
                # page.js moves the hook `#question` to the label around the text area.
                question = gradio.Textbox(
                    label=words.question,
                    placeholder=words.placeholder,
                    lines=1,
                    max_lines=6,
                    elem_id="question-box",
                    container=True,
                    scale=1,
                )
                ask = gradio.Button(words.ask, elem_id="ask", variant="primary", min_width=0, scale=0)
            with gradio.Accordion(words.filters, open=False, elem_id="filters") as filters:
                with gradio.Row():
                    types = gradio.Dropdown([], multiselect=True, label=words.types, elem_id="types")
                    dossiers = gradio.Dropdown([], multiselect=True, label=words.dossiers, elem_id="dossiers")
                with gradio.Row():
                    since = gradio.Textbox(label=words.since, placeholder=words.date_form, max_lines=1, elem_id="since")
                    until = gradio.Textbox(label=words.until, placeholder=words.date_form, max_lines=1, elem_id="until")
        gradio.HTML(_SOURCE, elem_id="source-place", js_on_load=None, apply_default_css=False)

        private = {"api_visibility": "private", "show_progress": "hidden"}
        gradio.on(
            [ask.click, question.submit],
            self._ask,
            inputs=[question, types, dossiers, since, until, exchanges, language],
            outputs=[question, conversation, exchanges, message],
            concurrency_limit=AT_ONCE,
            **private,
        )
        restart.click(
            _restart, inputs=[language], outputs=[question, conversation, exchanges, message], queue=False, **private
        )
        switch.click(
            _switch,
            inputs=[language, exchanges],
            outputs=[
                *(language, heading, restart, switch, conversation, question, ask, filters),
                *(types, dossiers, since, until, message),
            ],
            queue=False,
            **private,
        )
        self.load(self._choices, inputs=[language], outputs=[types, dossiers, message], **private)
        gradio.api(self._source, api_name="source", queue=False, api_visibility="undocumented")

    # ---------------------------------------------------------------------------------------- events

    def _ask(
        self,
        text: str,
        types: list[str],
        dossiers: list[str],
        since: str,
        until: str,
        earlier: tuple[Exchange, ...],
        language: str,
    ) -> Iterator[tuple[Any, ...]]:
        """Question box, conversation, its state and the message, after every step of the answer."""
        words = wording(language)
        try:
            filters = asking.filters(types or (), dossiers or (), since or "", until or "", words)
        except WrongFilter as error:
            yield text, conversation_html(earlier, words), earlier, _message(str(error))
            return
        question = Question((text or "").strip(), filters, asking.turns(earlier))
        yield "", conversation_html((*earlier, Exchange(question.text)), words), earlier, ""
        for exchange in asking.ask(self._assistant, question):
            exchanges = (*earlier, exchange)
            yield gradio.skip(), conversation_html(exchanges, words), exchanges, gradio.skip()

    def _choices(self, language: str) -> tuple[Any, Any, str]:
        """What can be filtered on, taken from the documents of the index."""
        try:
            documents = self._assistant.documents()
        except AssistantError as error:
            _log.warning("no documents: %s", error)
            return gradio.skip(), gradio.skip(), _message(sentence(error, wording(language)))
        types = sorted({info.type for info in documents if info.type}, key=str.casefold)
        dossiers = sorted({info.dossier for info in documents if info.dossier})
        return gradio.update(choices=types), gradio.update(choices=dossiers), ""

    def _source(self, document_id: str, start: int, end: int, expected: str, language: str) -> str:
        """The content of the source panel; page.js asks for it when a marker is clicked."""
        return source_html(self._assistant, document_id, Span(start, end), expected, wording(language))


def _restart(language: str) -> tuple[str, str, tuple[Exchange, ...], str]:
    return "", conversation_html((), wording(language)), (), ""


def _switch(language: str, exchanges: tuple[Exchange, ...]) -> tuple[Any, ...]:
    """Every text of the page in the other language."""
    words = wording("nl" if language == "en" else "en")
    return (
        words.language,
        _heading(words),
        words.restart,
        words.other_language,
        conversation_html(exchanges, words),
        gradio.update(label=words.question, placeholder=words.placeholder),
        words.ask,
        gradio.update(label=words.filters),
        gradio.update(label=words.types),
        gradio.update(label=words.dossiers),
        gradio.update(label=words.since, placeholder=words.date_form),
        gradio.update(label=words.until, placeholder=words.date_form),
        "",
    )


def _heading(words: Wording) -> str:
    return f'<h1 lang="{words.language}">{words.title}</h1><p lang="{words.language}">{words.tagline}</p>'


_told = itertools.count(1)


def _message(text: str) -> str:
    # Numbered, so that the same message told twice is also read aloud twice, and page.js sees that it is new.
    return f'<p class="problem" role="alert" data-told="{next(_told)}">{escape(text)}</p>' if text else ""


def _head() -> str:
    # As a style of our own and not as Gradio's `css`, which rewrites selectors and so breaks those in media queries.
    style, script = ((_HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return f"<style>{style}</style><script>{script}</script>"


_SOURCE = '<aside id="source" role="dialog" aria-labelledby="source-title" hidden></aside>'

_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    # Gradio starts itself with inline scripts and compiles its templates in the browser.
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'; object-src 'none'; base-uri 'self'; form-action 'self'"
)


class _OwnOrigin:
    """Tells the browser, with every response, to load nothing from another address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: MutableMapping[str, Any] = message
                headers["headers"] = [
                    *message.get("headers", ()),
                    (b"content-security-policy", _POLICY.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                ]
            await send(message)

        await self._app(scope, receive, send_with_policy)
