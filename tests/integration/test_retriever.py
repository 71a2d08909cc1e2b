"""Our retrieval for people who build with LangChain."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from langchain_core.documents import Document as LangChainDocument
from langchain_core.runnables import RunnableLambda

from assistant.assembly import Assistant
from assistant.errors import IndexUnusable
from assistant.index import Index
from assistant.langchain_retriever import AssistantRetriever
from assistant.model import Filters
from assistant.settings import Settings
from tests.fakes import HashingEmbedder


@pytest.fixture
def assistant(small_index: Index) -> Assistant:
    made = Assistant(Settings(index=small_index._places.folder.folder))
    made.embedder = HashingEmbedder()
    return made


def test_every_document_is_a_slice_of_the_text_it_names(assistant: Assistant) -> None:
    found = AssistantRetriever(assistant=assistant).invoke("uitkering voor de wijk")
    assert found
    for one in found:
        text = assistant.document(one.metadata["document_id"]).text
        assert one.page_content == text[one.metadata["start"] : one.metadata["end"]] != ""
    assert [one.metadata["rank"] for one in found] == list(range(1, len(found) + 1))
    assert len({one.id for one in found}) == len(found)


def test_a_document_says_what_it_is_and_where_it_stands(assistant: Assistant) -> None:
    first = AssistantRetriever(assistant=assistant, limit=1).invoke("uiterlijk ingediend aanvraag")
    assert first == [
        LangChainDocument(
            id=first[0].id,
            page_content=first[0].page_content,
            metadata={
                "document_id": "stcrt-1",
                "title": "Regeling kansrijke wijk",
                "type": "regeling",
                "date": "2025-09",
                "identifier": "",
                "url": "",
                "label": "Artikel 2 Aanvraag, art. 2",
                "section": ["Regeling kansrijke wijk", "Artikel 2 Aanvraag"],
                "article": "2",
                "start": first[0].metadata["start"],
                "end": first[0].metadata["end"],
                "score": first[0].metadata["score"],
                "rank": 1,
                "found_by": first[0].metadata["found_by"],
            },
        )
    ]
    assert set(first[0].metadata["found_by"]) == {"dense", "lexical"}


def test_filters_and_limit_are_kept(assistant: Assistant) -> None:
    retriever = AssistantRetriever(assistant=assistant, limit=2, filters=Filters(types=("Kamerbrief",)))
    found = retriever.invoke("de wijk en de regeling")
    assert {one.metadata["document_id"] for one in found} == {"kst-1"}
    assert len(found) <= 2
    published = AssistantRetriever(assistant=assistant, filters=Filters(publishers=("ministerie van SZW",)))
    assert {one.metadata["document_id"] for one in published.invoke("de wijk en de regeling")} == {"stcrt-1"}


def test_it_is_a_part_of_a_chain_like_any_other(assistant: Assistant) -> None:
    retriever = AssistantRetriever(assistant=assistant, limit=1)
    titles = RunnableLambda(lambda documents: [one.metadata["title"] for one in documents])
    assert (retriever | titles).invoke("€ 256 miljoen") == ["Brief over de wijk"]
    assert retriever.batch(["€ 256 miljoen", "school in de zomer"])[1][0].metadata["document_id"] == "notitie-txt"
    assert asyncio.run(retriever.ainvoke("€ 256 miljoen")) == retriever.invoke("€ 256 miljoen")


@pytest.mark.parametrize("question", ["", "?!", "\x00", "🙂"])
def test_nothing_to_look_for_is_no_error(assistant: Assistant, question: str) -> None:
    found = AssistantRetriever(assistant=assistant, limit=3).invoke(question)
    assert len(found) <= 3


def test_without_an_index_it_says_what_to_do(tmp_path: Path) -> None:
    missing = Assistant(Settings(index=tmp_path / "none"))
    missing.embedder = HashingEmbedder()
    with pytest.raises(IndexUnusable, match="run `assistant build`"):
        AssistantRetriever(assistant=missing).invoke("wijk")
