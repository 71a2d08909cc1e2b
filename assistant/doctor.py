"""What is wrong with index, model or machine, and what to do about it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AssistantError
from assistant.index import Index
from assistant.index.dense import DenseIndex
from assistant.index.lexical import LexicalIndex
from assistant.index.places import LEXICAL, STORE, Places
from assistant.index.store import Store

_LITTLE_ROOM = 500 * 2**20  # bytes; a build needs room for a second index beside the first


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it is in order, what was found, and what to do when it is not."""

    name: str
    ok: bool
    says: str
    advice: str = ""


def examine(
    *, corpora: Sequence[Path], places: Places, embedding: Callable[[], str], ocr_available: Callable[[], bool]
) -> Iterator[Check]:
    """Everything that can be told without changing anything. Checks that need an earlier one to be in order are left out.

    Args:
        embedding: loads the model and gives its identity; may raise ModelUnavailable.
        ocr_available: whether pages that are images can be read here.
    """
    for corpus in corpora:
        yield _corpus(corpus)
    identity = ""
    try:
        identity = embedding()
        yield Check("taalmodel voor zoeken", True, identity)
    except AssistantError as error:
        yield Check(
            "taalmodel voor zoeken", False, str(error), "herstel dit eerst; zonder dit model kan niets worden gezocht"
        )
    yield from _index(places, identity)
    yield _room(places.folder.folder)
    yield _ocr(ocr_available())


def _corpus(corpus: Path) -> Check:
    name = f"documenten in {corpus}"
    if not corpus.is_dir():
        return Check(
            name, False, "de map bestaat niet", "maak de map, of noem een andere met --corpus of ASSISTANT_CORPUS"
        )
    if not os.access(corpus, os.R_OK | os.X_OK):
        return Check(
            name, False, "de map mag niet worden gelezen", f"geef leesrechten, bijvoorbeeld: chmod -R u+rX {corpus}"
        )
    count = sum(len(files) for _, _, files in os.walk(corpus))
    return Check(name, True, f"{count} bestanden")


def _index(places: Places, identity: str) -> Iterator[Check]:
    name = f"index in {places}"
    try:
        generation = places.current()
    except AssistantError as error:
        yield Check(name, False, str(error), "assistant build --fresh maakt een nieuwe")
        return
    if generation is None:
        yield Check(name, False, "er is nog geen index", "assistant build")
        return
    path = places.folder.path(generation)
    if path.is_dir() and not os.access(path, os.W_OK | os.X_OK):
        yield Check(
            name,
            False,
            "in de map mag niet worden geschreven; ook zoeken vraagt dat (Chroma en de woordenindex zetten er sloten)",
            f"geef schrijfrechten, bijvoorbeeld: chmod -R u+rwX {places.folder.folder}; of zet de index op een andere schijf",
        )
        return
    try:
        index = Index.open(places.folder.folder, embedding=identity or None, chroma_url=places.chroma_url)
    except AssistantError as error:
        broken = list(_parts(places, generation))
        yield from broken
        if all(check.ok for check in broken):
            yield Check(name, False, str(error), "assistant build --fresh")
        return
    try:
        manifest = index.manifest
        yield Check(
            name,
            True,
            f"{manifest.documents} documenten, {manifest.passages} passages, gemaakt op {manifest.created[:10]}"
            + (f", {manifest.unreadable} bestanden niet leesbaar" if manifest.unreadable else ""),
        )
    finally:
        index.close()
    yield from _parts(places, generation)
    yield from _leftovers(places)


def _parts(places: Places, generation: str) -> Iterator[Check]:
    path = places.folder.path(generation)
    repair = "assistant build maakt dit opnieuw uit wat Chroma bewaart"
    ids: list[str] | None = None
    try:
        store = Store.open(path / STORE)
        try:
            problem = store.check()
            ids = store.passage_ids([info.id for info in store.infos()]) if problem is None else None
        finally:
            store.close()
        yield Check("opslag van documenten", problem is None, problem or "gaaf", "" if problem is None else repair)
    except AssistantError as error:
        yield Check("opslag van documenten", False, str(error), repair)
    try:
        lexical = LexicalIndex.open(path / LEXICAL)
        count = len(lexical)
        lexical.close()
        complete = ids is None or count == len(ids)
        says = f"{count} passages" if complete else f"{count} passages in plaats van {len(ids or ())}"
        yield Check("woordenindex", complete, says, "" if complete else repair)
    except AssistantError as error:
        yield Check("woordenindex", False, str(error), repair)
    try:
        dense = DenseIndex.open(places.dense(generation))
        try:
            count = dense.count()
            if ids is not None:
                dense.check(ids)
            complete = ids is None or count == len(ids)
            says = f"{count} vectoren" if complete else f"{count} vectoren bij {len(ids or ())} passages"
            yield Check("vectoren in Chroma", complete, says, "" if complete else "assistant build --fresh")
        finally:
            dense.close()
    except AssistantError as error:
        yield Check("vectoren in Chroma", False, str(error), "assistant build --fresh")


def _leftovers(places: Places) -> Iterator[Check]:
    left = places.folder.leftovers()
    if left:
        yield Check(
            "resten van eerdere runs", True, f"{len(left)} oude of afgebroken generaties; de volgende build ruimt ze op"
        )


def _room(folder: Path) -> Check:
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(there).free
    enough = free >= _LITTLE_ROOM
    advice = "" if enough else "maak ruimte; een build heeft plaats nodig voor een tweede index naast de eerste"
    return Check(f"vrije ruimte bij {folder}", enough, f"{free / 2**30:.1f} GB", advice)


def _ocr(available: bool) -> Check:
    if available:
        return Check("tekst in afbeeldingen (OCR)", True, "Tesseract met Nederlands gevonden")
    return Check(
        "tekst in afbeeldingen (OCR)",
        True,
        "Tesseract met Nederlands is er niet; gescande bladzijden worden gemeld en overgeslagen",
        "installeer desgewenst de pakketten tesseract-ocr en tesseract-ocr-nld, en draai assistant build opnieuw",
    )
