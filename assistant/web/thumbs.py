"""A judgement of an answer, kept when the operator switched that on."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assistant.as_json import answer_json
from assistant.feedback import LONGEST_COMMENT, Feedback, Reason, Verdict
from assistant.index.private import MARK, is_marked
from assistant.web.requests import MOST_TURNS, Asked, ChosenFilters, Endpoints, KeptAnswer, Reply, Request, Told


class Judgement(Request):
    """What a user thinks of an answer, with all that is kept of it."""

    verdict: Verdict
    reason: Reason | None = None
    comment: Annotated[str, Field(max_length=LONGEST_COMMENT)] = ""
    question: Asked
    answer: KeptAnswer
    turns: Annotated[tuple[Asked, ...], Field(max_length=MOST_TURNS)] = ()  # the earlier questions
    filters: ChosenFilters = ChosenFilters()
    replaces: Annotated[str, Field(pattern=r"^fb-[0-9a-f]{12}$")] | None = None


class Thumbs:
    """Keeps judgements in the file of the operator; without one nothing is offered."""

    def __init__(self, feedback: Feedback | None) -> None:
        self._feedback = feedback

    def head(self) -> str:
        """For the head of the page, by which thumbs.js knows that judgements are kept, and of which documents not."""
        return f'<meta name="thumbs" content="{MARK}">' if self._feedback is not None else ""

    def offer(self, endpoints: Endpoints) -> None:
        if self._feedback is not None:
            endpoints.add("thumb", Judgement, self._keep)

    def _keep(self, request: Judgement) -> Reply:
        """The `id` of what is kept, by which it can be changed.

        Raises:
            Told: the answer comes from private documents, which nothing is kept of.
        """
        assert self._feedback is not None
        cited = (citation.document_id for citation in request.answer.citations)
        if request.filters.mine or any(is_marked(document) for document in cited):
            raise Told(request.words.thumbs.own)
        id = self._feedback.add(
            request.verdict,
            question=request.question,
            answer=answer_json(request.answer.answer()),
            reason=request.reason if request.verdict == "down" else None,
            comment=request.comment,
            turns=request.turns,
            filters=request.filters.filters(request.words),
            replaces=request.replaces,
        )
        return {"id": id}
