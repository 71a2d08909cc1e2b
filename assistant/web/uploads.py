"""Documents of one's own: taken in as bytes, followed until questions find them, listed and removed.

    browser  POST own-documents?name=...  the bytes of one file and nothing around them
             uploads, remove_upload, forget  endpoints like any other

A file is held in memory while it comes in and no longer than `PATIENCE_SECONDS`, so that one which is cut off leaves nothing.
What becomes of it is decided in `assistant.collections`, which looks at it again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.requests import Request as Posted
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from assistant.collections.uploads import (
    LARGEST_UPLOAD,
    MOST_FILES,
    TooLarge,
    UnknownCollection,
    Upload,
    UploadRefused,
    safe_name,
)
from assistant.index.private import is_marked
from assistant.model import Answer, DocumentInfo, Question
from assistant.settings import Settings
from assistant.web import wording
from assistant.web.asking import Answers
from assistant.web.own_origin import is_from_own_page
from assistant.web.requests import Ask, Endpoints, Reply, Request, Short, Told
from assistant.web.wording import DUTCH, Wording

if TYPE_CHECKING:
    from assistant.collections import Collections, CorpusUploads

_log = logging.getLogger(__name__)

PLACE = "own-documents"
AT_ONCE = 4  # files coming in at the same time, all of them in memory
PATIENCE_SECONDS = 300.0  # for one file to come in
ENDINGS = (".pdf", ".docx", ".odt", ".html", ".htm", ".xhtml", ".xml", ".txt", ".md", ".markdown")
_OURS = "x-own-documents"  # a header that a form or script of another site cannot send along
_COLLECTION = "x-collection"


class Host(Protocol):
    """Where uploads go, as the settings say."""

    @property
    def settings(self) -> Settings: ...

    @property
    def collections(self) -> Collections: ...

    @property
    def corpus_uploads(self) -> CorpusUploads: ...


class Library(Answers, Protocol):
    """What is asked, with or without documents of one's own in it."""

    def documents(self) -> Sequence[DocumentInfo]: ...


@dataclass(frozen=True, slots=True)
class OnlyOwn:
    """Answers from these documents of the user's own and from nothing else."""

    library: Library
    ids: tuple[str, ...]

    def ask(self, question: Question, **listeners: Any) -> Answer:
        return self.library.ask(replace(question, filters=replace(question.filters, documents=self.ids)), **listeners)


class Removed(Request):
    """A file the user takes away again."""

    upload: Short


class Uploads:
    """The place beside the question box, and what it asks."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._slots = asyncio.Semaphore(AT_ONCE)

    @property
    def mode(self) -> str:
        """`private`, `corpus` or `off`."""
        return self._host.settings.uploads

    def markup(self) -> str:
        """The part of the composer where files are added; nothing where there is no adding."""
        return "" if self.mode == "off" else _markup(to_corpus=self.mode == "corpus")

    def routes(self) -> list[Route]:
        """Where files are sent to."""
        return [] if self.mode == "off" else [Route(f"/{PLACE}", self._receive, methods=["POST"])]

    def offer(self, endpoints: Endpoints) -> None:
        endpoints.add("forget", Request, self.forget)
        if self.mode != "off":
            endpoints.add("uploads", Request, self.listed)
        if self.mode == "private":
            endpoints.add("remove_upload", Removed, self.remove)

    def warm(self) -> None:
        """Take away what an earlier run of the program may have left."""
        if self.mode == "private":
            _ = self._host.collections

    # ---------------------------------------------------------------------------------------- endpoints

    def listed(self, request: Request) -> Reply:
        """The files as they are now; `gone` says that the conversation's collection is not there any more."""
        if self.mode == "corpus":
            return _listed(self._host.corpus_uploads.documents())
        if request.collection is None:
            return _listed(())
        try:
            return _listed(self._host.collections.documents(request.collection))
        except UnknownCollection:
            return {"uploads": [], "gone": request.words.uploads.gone}

    def remove(self, request: Removed) -> Reply:
        """Take a file away; what is left. One that is not there is away already."""
        if request.collection is not None:
            with suppress(KeyError):  # for the file, or the whole collection, as `listed` tells
                self._host.collections.remove(request.collection, request.upload)
        return self.listed(request)

    def forget(self, request: Request) -> Reply:
        """Take away all private documents of a conversation."""
        if request.collection is not None and self.mode == "private":
            self._host.collections.forget(request.collection)
        return {}

    def only_own(self, library: Library, request: Ask) -> OnlyOwn:
        """What answers a question that is asked of the user's own documents only.

        Raises:
            Told: there are none (any more), or none that questions find yet.
        """
        said = request.words.uploads
        ids = tuple(info.id for info in library.documents() if is_marked(info.id))
        if not ids:
            raise Told(self.listed(request)["gone"] or said.none_ready)
        return OnlyOwn(library, ids)

    def unreadable(self, collection: str | None) -> Collection[str]:
        """The names of a conversation's own files that cannot be read."""
        if collection is None or self.mode != "private":
            return ()
        try:
            return {file.path for file in self._host.collections.unreadable(collection)}
        except UnknownCollection:
            return ()

    # ---------------------------------------------------------------------------------------- a file comes in

    async def _receive(self, request: Posted) -> Response:
        """Take the file that a request is made of. The reply is JSON: the `upload`, or a `problem` in words."""
        words = wording.wording(request.query_params.get("language", ""))
        if not _is_from_our_page(request):
            return JSONResponse({"problem": words.not_understood}, status_code=403)
        name = request.query_params.get("name", "")
        try:
            async with self._slots:
                data = await asyncio.wait_for(_body(request, name), PATIENCE_SECONDS)
                reply = await run_in_threadpool(self._take, name, data, request.headers.get(_COLLECTION), words)
        except UploadRefused as refused:
            said = refused.english if words.language == "en" else refused.dutch
            return JSONResponse({"problem": said}, status_code=413 if isinstance(refused, TooLarge) else 422)
        except (ClientDisconnect, TimeoutError):
            return Response(status_code=408)  # nobody hears it, or it took too long; nothing of it was kept
        except Exception as error:  # noqa: BLE001  the door: told as a sentence, logged in full
            _log.error("an upload failed", exc_info=error)
            return JSONResponse({"problem": words.uploads.not_taken}, status_code=500)
        return JSONResponse(reply)

    def _take(self, name: str, data: bytes, collection: str | None, words: Wording) -> Reply:
        if self.mode == "corpus":
            return {"upload": _upload(self._host.corpus_uploads.add(name, data))}
        collections, gone = self._host.collections, ""
        if collection is not None:
            try:
                return {"collection": collection, "upload": _upload(collections.add(collection, name, data))}
            except UnknownCollection:
                gone = words.uploads.gone
        opened = collections.open()
        try:
            upload = collections.add(opened, name, data)
        except BaseException:
            collections.forget(opened)  # nobody would ever use it
            raise
        return {"collection": opened, "upload": _upload(upload), **({"gone": gone} if gone else {})}


def _is_from_our_page(request: Posted) -> bool:
    """Whether a script of this very page sent it: what any form could send as well has no header of ours."""
    return _OURS in request.headers and is_from_own_page(request.headers)


async def _body(request: Posted, name: str) -> bytes:
    """The bytes of the request, as long as they are not too many.

    Raises:
        TooLarge: they are; known from what the browser says, or as soon as there is one too many.
    """
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told) > LARGEST_UPLOAD:
        raise TooLarge(safe_name(name))
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > LARGEST_UPLOAD:
            raise TooLarge(safe_name(name))
    return bytes(data)


def _listed(uploads: Collection[Upload]) -> Reply:
    return {"uploads": [_upload(upload) for upload in uploads], "gone": ""}


def _upload(upload: Upload) -> Reply:
    """An upload as uploads.js shows it."""
    return {
        "id": upload.id,
        "name": upload.name,
        "size": upload.size,
        "state": upload.state.value,
        "final": upload.state.is_final,
        "reason": upload.reason,
        "done": upload.done,
        "total": upload.total,
        "document": upload.document.id if upload.document is not None else None,
        "scans": list(upload.needs_ocr),
    }


# ------------------------------------------------------------------------------------------------ markup


def _text(name: str) -> str:
    """A text that desk.js puts in the language of the page."""
    return f'<span data-text="uploads.{name}">{escape(getattr(DUTCH.uploads, name))}</span>'


def _markup(*, to_corpus: bool) -> str:
    add = _text("add_to_corpus" if to_corpus else "add")
    mine = f'<label id="own-mine" hidden><input type="checkbox"> {_text("own_only")}</label>'
    return f"""\
<div id="own" data-mode="{"corpus" if to_corpus else "private"}" data-largest="{LARGEST_UPLOAD}" data-most="{MOST_FILES}"
 data-endings="{" ".join(ENDINGS)}">
<div id="own-notice"></div>
<button type="button" id="own-open" class="tool" aria-expanded="false" aria-controls="own-panel">{add}</button>
<div id="own-panel" role="group" aria-labelledby="own-title" hidden>
<h2 id="own-title">{_text("add_to_corpus" if to_corpus else "title")}</h2>
<p class="where-to">{_text("where_corpus" if to_corpus else "where")}</p>
<p><button type="button" id="own-choose" class="button">{_text("choose")}</button>
<span class="or-drop">{_text("or_drop")}</span></p>
<input type="file" id="own-files" multiple accept="{",".join(ENDINGS)}" hidden>
<p id="own-kinds" class="note"></p>
<ul id="own-list" data-label="uploads.list" hidden></ul>
<div id="own-foot">{"" if to_corpus else mine}
<button type="button" id="own-close" class="button">{_text("close")}</button></div>
</div>
</div>"""
