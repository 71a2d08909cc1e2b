"""The parts of the page, what it can be asked for, and how it is served."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import gradio
from starlette.middleware import Middleware

from assistant import examples
from assistant.collections.uploads import UnknownCollection
from assistant.errors import AssistantError, SettingsError
from assistant.web import asking, documents, filters, question_list, start, wording
from assistant.web.about import about_html
from assistant.web.filters import Chosen, Filters
from assistant.web.own_origin import OwnOrigin
from assistant.web.question_list import QuestionList
from assistant.web.requests import Ask, Conversation, Endpoints, Reply, Request
from assistant.web.source import Library, SourcePanel
from assistant.web.taking import Taking
from assistant.web.thumbs import Thumbs
from assistant.web.uploads import PLACE, Host, Uploads
from assistant.web.wording import DUTCH

if TYPE_CHECKING:
    from assistant.feedback import Feedback

_log = logging.getLogger(__name__)

_STATIC = Path(__file__).resolve().parent / "static"
MOST_WAITING = 200  # questions in line; who comes after is told that there is no connection
AT_ONCE = 4  # questions answered at the same time; others wait in line

_THEME = gradio.themes.Base(
    font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"],
    font_mono=["ui-monospace", "Consolas", "monospace"],
)


class Assistant(Library, documents.Library, start.Library, Host, Protocol):
    """What the page asks of `assembly.Assistant`."""

    def example_folders(self) -> Sequence[Path]: ...

    @property
    def feedback(self) -> Feedback | None: ...

    def within(self, collection_id: str) -> Assistant:
        """The same, with the private documents of a conversation. Raises UnknownCollection when these are gone."""

    @property
    def writes(self) -> bool:
        """Whether there is a language model to write answers with."""


class Page(gradio.Blocks):  # type: ignore[misc]  # Gradio is untyped here
    """The chat page over one assistant. `launch()` serves it with our own style and nothing from elsewhere.

    Gradio serves the page, its tabs, its text box and buttons in both languages (`gr.I18n`), and queues the questions. What
    is said lives in the browser, not here: each request brings along what it needs, and the server keeps nothing.
    """

    def __init__(self, assistant: Assistant) -> None:
        super().__init__(title=DUTCH.title, analytics_enabled=False)
        self._assistant = assistant
        self._uploads = Uploads(assistant)
        self._source = SourcePanel(self._library_of)
        self._taking = Taking(self._library_of)
        self._question_list = QuestionList(assistant)
        self._documents = documents.Documents(self._library_of, self._uploads.unreadable)
        self._filters = Filters(self._library_of)
        self._thumbs = Thumbs(assistant.feedback)
        self._start = start.Start(assistant, lambda: examples.themes(assistant.example_folders()))
        texts = wording.texts()
        self._i18n = gradio.I18n(
            **{
                language: {name: text for name, text in all.items() if isinstance(text, str)}
                for language, all in texts.items()
            }
        )
        with self:
            self._lay_out()
            self._offer(self._endpoints())
        self.queue(default_concurrency_limit=AT_ONCE, max_size=MOST_WAITING, api_open=False)

    def launch(self, **options: Any) -> Any:
        """As `gradio.Blocks.launch`. The model is loaded meanwhile, so that the first question need not wait for it."""
        threading.Thread(target=self._warm, name="warm", daemon=True).start()
        host = str(options.get("server_name") or "127.0.0.1").strip("[]")
        ours = {
            "theme": _THEME,
            "head": self._thumbs.head() + _head(),
            "i18n": self._i18n,
            "app_kwargs": {
                "routes": self._uploads.routes(),
                "middleware": [Middleware(OwnOrigin, host=host, places=(f"/{PLACE}",))],
                "docs_url": None,
                "redoc_url": None,
            },
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
            self._filters.facets(Chosen())
            self._start.examples(self._assistant.documents())
            self._documents.warm()
            self._uploads.warm()
        except AssistantError as error:
            _log.warning("not ready for questions: %s", error)

    # ---------------------------------------------------------------------------------------- layout

    def _lay_out(self) -> None:
        said = self._i18n
        with gradio.Row(elem_id="top"):
            _html(_HEADING, "heading")
            gradio.Button(said("other_language"), elem_id="language", size="sm", variant="secondary", min_width=0)
        with gradio.Tabs(elem_id="tabs", overflow_behavior="wrap"):
            with gradio.Tab(said("tab_ask"), id="ask", elem_id="tab-ask"), gradio.Row(elem_id="desk"):
                _html(_CONVERSATIONS, "sidebar")
                with gradio.Column(elem_id="middle"):
                    _html('<div id="turns"></div>', "conversation")
                    self._lay_out_composer()
            with gradio.Tab(said("tab_documents"), id="documents", elem_id="tab-documents"):
                _html(documents.markup(), "documents-place")
            with gradio.Tab(said("tab_questionnaire"), id="questionnaire", elem_id="tab-questionnaire"):
                _html(question_list.markup(), "question-list-place")
            with gradio.Tab(said("tab_about"), id="about", elem_id="tab-about"):
                _html(about_html(), "about-place")
        _html(_SOURCE, "source-place")

    def _lay_out_composer(self) -> None:
        said = self._i18n
        with gradio.Column(elem_id="composer"):
            _html('<div id="message"></div>', "message-place")
            with gradio.Row(elem_id="question-row"):
                # desk.js moves the hook `#question` to the label around the text area.
                gradio.Textbox(
                    label=said("question"),
                    placeholder=said("placeholder"),
                    lines=1,
                    max_lines=6,
                    elem_id="question-box",
                    container=True,
                    scale=1,
                )
                gradio.Button(said("ask"), elem_id="ask", variant="primary", min_width=0, scale=0)
                gradio.Button(said("stop"), elem_id="stop", variant="stop", min_width=0, scale=0)
            _html(filters.MARKUP, "within-place")
            _html(self._uploads.markup(), "own-place")
            if self._assistant.writes:
                _html(_WRITTEN, "written-place")

    # ---------------------------------------------------------------------------------------- endpoints

    def _endpoints(self) -> Endpoints:
        offered = Endpoints()
        offered.add_steps("ask", Ask, self._ask)
        offered.add("render", Conversation, asking.render)
        offered.add("start", Request, self._start.screen)
        self._source.offer(offered)
        self._filters.offer(offered)
        self._thumbs.offer(offered)
        self._documents.offer(offered)
        self._uploads.offer(offered)
        self._taking.offer(offered)
        self._question_list.offer(offered)
        return offered

    def _offer(self, endpoints: Endpoints) -> None:
        for name, once in endpoints.once.items():
            gradio.api(once, api_name=name, queue=False, api_visibility="undocumented")
        for name, steps in endpoints.steps.items():
            limit = endpoints.at_once[name]
            gradio.api(steps, api_name=name, concurrency_limit=limit, api_visibility="undocumented")

    def _library_of(self, collection: str | None) -> Assistant:
        """What a conversation sees: the corpus, and its private documents as long as these are there."""
        if collection is None:
            return self._assistant
        try:
            return self._assistant.within(collection)
        except (UnknownCollection, SettingsError):
            return self._assistant  # the conversation goes on without them; uploads.js tells

    def _ask(self, request: Ask) -> Iterator[Reply]:
        library = self._library_of(request.collection)
        answers = self._uploads.only_own(library, request) if request.filters.mine else library
        return asking.ask(answers, request, related=self._start.related)


def _html(value: str, elem_id: str) -> gradio.HTML:
    """Markup that Gradio shows as it is; the scripts of the page fill it."""
    return gradio.HTML(value, elem_id=elem_id, js_on_load=None, apply_default_css=False)


def _text(name: str) -> str:
    """A text that desk.js puts in the language of the page."""
    return f'<span data-text="{name}">{escape(str(getattr(DUTCH, name)))}</span>'


_HEADING = f"<h1>{_text('title')}</h1><p>{_text('tagline')}</p>"
_CONVERSATIONS = f"""\
<nav id="conversations" aria-labelledby="conversations-title">
<button type="button" id="conversations-open" aria-expanded="false" aria-controls="conversations-list">{_text("menu")}</button>
<button type="button" id="restart">{_text("restart")}</button>
<div id="conversations-list"><h2 id="conversations-title">{_text("conversations")}</h2><ul></ul>
<p class="note">{_text("conversations_note")}</p>
<button type="button" id="conversations-clear" class="tool">{_text("delete_all")}</button></div>
</nav>"""
_WRITTEN = (
    f'<p id="written"><label><input type="checkbox"> {_text("written_switch")}</label>'
    f'<span class="note">{_text("written_note")}</span></p>'
)
_SOURCE = '<aside id="source" aria-labelledby="source-title" hidden></aside>'


def _head() -> str:
    # As a style of our own and not as Gradio's `css`, which rewrites selectors and so breaks those in media queries.
    styles, scripts = _joined("page.css"), _joined("desk.js")
    texts = json.dumps(wording.texts(), ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<style>{styles}</style><script type="application/json" id="texts">{texts}</script><script>{scripts}</script>'
    )


def _joined(first: str) -> str:
    """All files of a kind as one, the one that others lean on first."""
    ending = Path(first).suffix
    names = sorted(path.name for path in _STATIC.glob(f"*{ending}") if path.name != first)
    return "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in (first, *names))
