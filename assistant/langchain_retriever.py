"""Our retrieval as a LangChain `BaseRetriever`, for people who build with LangChain."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from assistant.assembly import Assistant
from assistant.model import NO_FILTERS, Filters, Question


class AssistantRetriever(BaseRetriever):
    """Hybrid retrieval over a built index.

        from assistant.assembly import Assistant
        from assistant.langchain_retriever import AssistantRetriever
        from assistant.settings import load

        retriever = AssistantRetriever(assistant=Assistant(load()), limit=8)
        retriever.invoke("Tot wanneer loopt de Agenda?")

    Each LangChain document is a passage; `page_content` is exactly `text[start:end]` of its document, and the metadata
    says where it stands: document_id, title, type, date, identifier, url, label, page, section, article, start, end,
    score, rank, found_by.

    Raises:
        AssistantError: there is no index, or it does not fit the settings.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    limit: int = 10
    filters: Filters = NO_FILTERS

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        del run_manager
        hits = self.assistant.search(Question(query, self.filters), limit=self.limit)
        return [
            LangChainDocument(
                id=hit.passage.id,
                page_content=hit.passage.text,
                metadata=_without_none(
                    {
                        "document_id": hit.document.id,
                        "title": hit.document.title,
                        "type": hit.document.type,
                        "date": hit.document.date,
                        "identifier": hit.document.identifier,
                        "url": hit.document.url,
                        "label": hit.passage.anchor.label,
                        "page": hit.passage.anchor.page,
                        "section": list(hit.passage.anchor.section),
                        "article": hit.passage.anchor.article,
                        "start": hit.passage.start,
                        "end": hit.passage.end,
                        "score": hit.score,
                        "rank": hit.rank,
                        "found_by": dict(hit.found_by),
                    }
                ),
            )
            for hit in hits
        ]


def _without_none(metadata: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in metadata.items() if value is not None}
