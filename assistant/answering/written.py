"""What a model writes → sentences with the numbers of their sources, as soon as each is complete."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.answering.checking import Written
from assistant.text import clean, sentences

NOT_FOUND = "NIET GEVONDEN"

_NUMBERS = r"\^?\s*(?:bron(?:nen)?|sources?|passage|nr\.?|no\.?|#)?\s*\d{1,3}(?:\s*(?:[,;&]|en|and|[-–]\s*)\s*(?:bron|source)?\s*\d{1,3})*\s*"
# [1]  [1, 3]  [bron 1]  [^1]  【1】  ［1］  (bron 1)  [1†source]
_MARKER = re.compile(
    rf"[\[【［]\s*{_NUMBERS}(?:†[^\]】］]*)?[\]】］]|\(\s*(?:bron(?:nen)?|sources?)\s*{_NUMBERS}\)", re.IGNORECASE
)
# White space is tried from its beginning only: a reply of nothing else would cost the square of its length.
_MARKERS = re.compile(rf"(?:(?<!\s)\s*(?:{_MARKER.pattern})(?:\s*,)?)+", re.IGNORECASE)
# What is left of a marker that says nothing: [], [x], [²], [[
_LEFT_OVER = re.compile(r"\s*[\[【［]+\s*[^\s\w\[\]…]?\w{0,2}\s*[\]】］]+|\s*[\[【［]+(?=[\s.!?]*$)")
# A thought that is not finished yet, or never, runs to the end.
_THINKING = re.compile(r"<(think|thinking|reasoning|analysis)\b(?:[^>]*>.*?</\1\s*>|.*)", re.IGNORECASE | re.DOTALL)
_TURN = re.compile(
    r"<\|(?:im_start|start_header_id|start)\|>\s*(?:assistant|system|user)?|<\|[^|>]{0,40}\|>|\[/?INST\]|</?s>",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(r"^\s*(?:[-*•·–]|\d{1,2}[.)]|[a-z]\))\s+")
_EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")
_HEADING = re.compile(r"^\s*#{1,6}\s+.*$", re.MULTILINE)
_LEAD_IN = re.compile(r"^\s*(?:antwoord|answer|assistant)\s*:\s*", re.IGNORECASE)


class Reading:
    """Reads a reply as it grows: `add` pieces and get the sentences that they complete; `end` gives what is left.

    A sentence is complete when something follows its markers, so that `[1]` and `[3]` arrive together. What the model
    thinks aloud is left out, and so are headings, list marks and emphasis. `not_found`: the model said that the sources do not hold the answer.
    """

    def __init__(self) -> None:
        self._text = ""
        self._read = 0
        self.not_found = False

    def add(self, piece: str) -> list[Written]:
        self._text += piece
        return list(self._complete(last=False))

    def end(self) -> list[Written]:
        return list(self._complete(last=True))

    @property
    def empty(self) -> bool:
        """Whether nothing was written, thinking aside."""
        return not clean(_spoken(self._text)).strip()

    def _complete(self, *, last: bool) -> Iterator[Written]:
        spoken = _spoken(self._text)
        place = self._read
        for match in _MARKERS.finditer(spoken, place):
            if not last and not re.match(r"[ \t]*[.!?]*\s*[^\s\[【［(.!?]", spoken[match.end() :]):
                break
            yield from self._sentences(spoken[place : match.start()], _numbers(match.group()))
            place = match.end() + len(re.match(r"[ \t]*[.!?]*", spoken[match.end() :]).group())  # type: ignore[union-attr]
        self._read = place
        if last:
            rest = spoken[place:]
            if NOT_FOUND in clean(rest).upper().replace("_", " "):
                self.not_found = True
            elif rest.strip(" .!?\n"):
                yield from self._sentences(rest, ())
            self._read = len(spoken)

    def _sentences(self, text: str, cited: tuple[int, ...]) -> Iterator[Written]:
        """The sentences before a group of markers. Those that have none themselves lean on the same sources."""
        for line in _HEADING.sub("", text).splitlines():
            plain = _LEAD_IN.sub("", _EMPHASIS.sub(r"\2", _LIST_MARK.sub("", clean(line))))
            plain = _LEFT_OVER.sub("", plain).strip()
            if NOT_FOUND in plain.upper():
                self.not_found = True
                continue
            for span in sentences(plain):
                sentence = plain[span.start : span.end].strip()
                if sentence.endswith(":") and len(sentence.split()) <= 3:
                    continue  # "Bronnen:" above a list
                sentence = sentence.rstrip(";, ")
                if any(letter.isalnum() for letter in sentence):
                    yield Written(sentence if sentence.endswith((".", "!", "?", ":")) else f"{sentence}.", cited)


def _spoken(text: str) -> str:
    """The text without finished thoughts and without marks of turns."""
    return _TURN.sub("", _THINKING.sub("", text))


def _numbers(markers: str) -> tuple[int, ...]:
    found: list[int] = []
    for match in _MARKER.finditer(markers):
        inside = match.group()
        numbers = [int(number) for number in re.findall(r"\d{1,3}", inside.partition("†")[0])]
        span = re.fullmatch(r"\D*(\d{1,3})\s*[-–]\s*(\d{1,3})\D*", inside)
        found += range(numbers[0], numbers[1] + 1) if span and numbers[0] < numbers[1] <= numbers[0] + 20 else numbers
    return tuple(dict.fromkeys(found))
