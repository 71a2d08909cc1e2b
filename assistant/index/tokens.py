"""The bundled model's tokenizer, ready at once.

The `tokenizers` package takes 0.7 s to take in 250,000 pieces, which is most of a cold start. Short work is therefore done
here in Python, from a dictionary that is there in 0.05 s; the package is loaded for the first call with a lot of text.
Both give the same tokens (a test compares them).
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

PIECES, SCORES, RULES, WHOLE = "pieces.txt", "scores.f8", "tokens.json", "tokenizer.json"
_SPACE = "\u2581"  # SentencePiece's mark for a space before a word
_SPACES = re.compile(" {2,}")
_WORD = re.compile(f"{_SPACE}?[^{_SPACE}]*")
_UNKNOWN_PENALTY = 10.0  # below the rarest piece, as SentencePiece has it
_SHORT_WORK = 20_000  # characters in one call: about 0.1 s in Python the first time, less for words seen before
_REMEMBERED_WORDS = 50_000


class Tokens:
    """Texts → numbers of pieces, without the marks for begin and end. Safe for several threads."""

    def __init__(self, folder: Path) -> None:
        rules = json.loads((folder / RULES).read_text(encoding="utf-8"))
        self.begin: int = rules["begin"]
        self.end: int = rules["end"]
        self.padding: int = rules["padding"]
        self._unknown: int = rules["unknown"]
        self._marks = re.compile("|".join(re.escape(mark) for mark in rules["marks"]))
        self._normal = str.maketrans(rules["normal"])
        pieces = (folder / PIECES).read_text(encoding="utf-8").split("\n")
        self._pieces = dict(zip(pieces, range(len(pieces)), strict=True))
        self._scores: list[float] = np.fromfile(folder / SCORES, "<f8").tolist()
        self._longest = int(rules["longest"])
        self._unknown_score = min(self._scores) - _UNKNOWN_PENALTY
        self._remembered: dict[str, list[int]] = {}
        self._whole_file = folder / WHOLE
        self._whole: Any = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The pieces of each text."""
        normal = [self.normalise(text) for text in texts]
        if self._whole is None and sum(map(len, normal)) <= _SHORT_WORK:
            return [self._walk(text) for text in normal]
        return [one.ids for one in self._package().encode_batch_fast(normal, add_special_tokens=False)]

    def normalise(self, text: str) -> str:
        """The text as the model was trained on it. Halves of surrogate pairs, from broken input, become question marks."""
        if text.isascii() and text.isprintable():
            return _SPACES.sub(" ", text)
        sound = text.encode("utf-8", "replace").decode("utf-8")
        return _SPACES.sub(" ", unicodedata.normalize("NFC", sound).translate(self._normal))

    def _walk(self, text: str) -> list[int]:
        if self._marks.search(text):  # "<s>" and the like as text; how those cut it is the package's affair
            found: list[int] = self._package().encode(text, add_special_tokens=False).ids
            return found
        if not text:
            return []
        spaced = text.replace(" ", _SPACE)
        if not spaced.startswith(_SPACE):
            spaced = _SPACE + spaced
        ids: list[int] = []
        for word in _WORD.findall(spaced):
            known = self._remembered.get(word)
            if known is None:
                known = self._cut(word)
                if len(self._remembered) >= _REMEMBERED_WORDS:
                    self._remembered.clear()
                self._remembered[word] = known
            ids += known
        return ids

    def _cut(self, word: str) -> list[int]:
        """The likeliest pieces of a word (Viterbi). Characters without a piece are unknown, a row of them once."""
        size = len(word)
        best = [0.0] + [-np.inf] * size
        last = [(0, 0)] * (size + 1)  # (where the last piece before this place begins, its number)
        for start in range(size):
            here = best[start]
            for stop in range(start + 1, min(size, start + self._longest) + 1):
                piece = self._pieces.get(word[start:stop])
                if piece is not None:
                    score = here + self._scores[piece]
                elif stop == start + 1:
                    piece, score = self._unknown, here + self._unknown_score
                else:
                    continue
                if score > best[stop]:
                    best[stop] = score
                    last[stop] = (start, piece)
        ids: list[int] = []
        place = size
        while place:
            place, piece = last[place]
            if not (piece == self._unknown and ids and ids[-1] == self._unknown):
                ids.append(piece)
        return ids[::-1]

    def _package(self) -> Any:
        with self._lock:
            if self._whole is None:
                from tokenizers import Tokenizer

                whole = Tokenizer.from_file(str(self._whole_file))
                whole.normalizer = None  # done here, the same for both
                self._whole = whole
            return self._whole
