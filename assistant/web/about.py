"""The page about the assistant: how answers come about, what to mind, what happens to data, and the keys."""

from __future__ import annotations

from html import escape

from assistant.web.wording import about
from assistant.web.wording.about import AboutWords


def about_html() -> str:
    """Both languages; the style shows the one of the page."""
    return f'<div id="about">{_in("nl", about.DUTCH)}{_in("en", about.ENGLISH)}</div>'


def _in(language: str, words: AboutWords) -> str:
    sections = "".join(
        f"<section><h2>{escape(title)}</h2>{''.join(f'<p>{escape(text)}</p>' for text in paragraphs)}</section>"
        for title, paragraphs in words.sections
    )
    keys = "".join(f"<dt><kbd>{escape(key)}</kbd></dt><dd>{escape(does)}</dd>" for key, does in words.keys)
    return (
        f'<div class="in-language" lang="{language}">{sections}<section><h2>{escape(words.keys_title)}</h2>'
        f"<dl>{keys}</dl></section></div>"
    )
