"""Answers that a language model writes: it proposes, `checking` disposes, and without proof the extractive answer stands.

The extractive answer is made first and always. The model gets the best sources, and each sentence it writes is shown when, and
only when, its cited passages prove it; none is shown before one of them answers the question (see `beside`). A sentence that
fails is asked for again once, else replaced by an extractive one, else left out. Whatever was refused is a finding of the answer.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant import dutch, figures
from assistant.answering import beside, phrases, prompts, small_talk
from assistant.answering.candidates import leans
from assistant.answering.checking import Checker, Problem, Verdict, Written
from assistant.answering.extractive import ExtractiveAnswerer
from assistant.answering.language_model import Chat, LanguageModelFailed, Trouble, within
from assistant.answering.question import read
from assistant.answering.written import Reading
from assistant.model import Draft, DraftStatement, Evidence, Finding, Hit, Question
from assistant.text import Span, clean, fold, sentences

CHARACTERS_A_TOKEN = 3  # Dutch, with the tokenizers of today's models; on the safe side
FOR_THE_REPLY = 900  # tokens
FOR_THE_TASK = 350  # tokens: what the model is told besides sources and question
MOST_SOURCES = 8
MOST_SENTENCES = 6
MOST_REPAIRS = 3
_REWRITING = 0.25  # of the time for an answer: a follow-up question in full is one short sentence
LONGEST_SENTENCE = 1_500  # characters; what is longer is no sentence, and reading it would only cost time
_SAYS_SOMETHING = 2  # words of content beside figures: what has fewer is a figure without what it is
# An extractive answer at least so sure is shown although the model found nothing. Of the dev questions where a model of 1.5B
# parameters found nothing and the extractive side gave at least this, it was right in all of 9; below it in 1 of 4.
_SURE = 0.45
_UNSAID = 0.4  # share of the words of the extractive answer's first sentence that the written one has nowhere
_HOPELESS = 0.08  # an extractive side that gives less has nothing near the question: the model is not asked


@dataclass(frozen=True, slots=True)
class GenerativeAnswerer:
    """Writes answers with a language model over the hits that the extractive answerer ranks.

    Args:
        chat: the language model.
        extractive: makes the answer that stands when nothing better is proven.
        checker: proves or refuses each sentence.
        timeout_seconds: for the whole answer, repairs included.
        context_tokens: what fits in the model, its reply included.
    """

    chat: Chat
    extractive: ExtractiveAnswerer
    checker: Checker
    timeout_seconds: float
    context_tokens: int

    def draft(self, question: Question, hits: Sequence[Hit]) -> Draft:
        """The last of `drafts`."""
        *_, last = self.drafts(question, hits)
        return last

    def sought(self, question: Question) -> Question:
        return self.extractive.sought(question)

    def emphasis(self, question: str, statement: DraftStatement) -> tuple[tuple[int, int], ...]:
        return self.extractive.emphasis(question, statement)

    def drafts(
        self, question: Question, hits: Sequence[Hit], *, stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[Draft]:
        """The answer as it grows, a draft for every sentence that was proven; the last one is the answer.

        Raises:
            Stopped: `stopped` said so.
        """
        extractive = self.extractive.draft(question, hits)
        if small_talk.reply(question.text) is not None or not hits or (extractive.confidence or 0.0) < _HOPELESS:
            yield extractive
            return
        asked = small_talk.question_in(question.text) or question.text
        language = read(asked).language
        sources = self._sources(asked, hits)
        passages = [hit for hit, _ in sources]
        everything = tuple(range(1, len(passages) + 1))
        answer = _Answer(extractive, beside.Judge(self.extractive, asked, hits), self._lead)
        refused: list[tuple[Written, Verdict]] = []
        reading = Reading()
        try:
            messages = prompts.answering(asked, [(hit.document, text) for hit, text in sources], language=language)
            # Loads what is needed; the first time that takes a while, which is not the server's.
            reply = self.chat.write(messages)
            until = time.monotonic() + self.timeout_seconds
            lost = False  # whether the sentence before is not shown
            for written in self._written(reply, reading, until, stopped):
                verdict = self._checked(written, passages)
                if verdict.problem is Problem.UNCITED:
                    # Small models forget their markers. Which source a sentence leans on can be found, and is proven all the same.
                    found = self._leaning_on_one(
                        written, self._checked(replace(written, cited=everything), passages), passages
                    )
                    if found.problem is None:
                        answer.record(written, verdict, "mended")
                    verdict = found if found.problem is None else verdict
                if verdict.problem is None and lost and leans(written.text):
                    verdict = Verdict(problem=Problem.LEANING)
                lost = verdict.problem is not None
                if verdict.problem is None:
                    if answer.add(written, verdict) and answer.aimed:
                        yield answer.draft(growing=True)
                else:
                    refused.append((written, verdict))
                if len(answer.statements) + len(refused) >= MOST_SENTENCES:
                    break
            if reading.empty:
                raise LanguageModelFailed(Trouble.EMPTY)
            for written, verdict in refused:
                done = self._repaired(written, verdict, sources, answer, until, stopped, language)
                if done and answer.aimed:
                    yield answer.draft(growing=True)
        except LanguageModelFailed as failure:
            answer.failed(failure, refused)
        yield _in_words(self._finished(answer, reading, language), english=language == "en")

    # ---------------------------------------------------------------------------------------- sources

    def _sources(self, asked: str, hits: Sequence[Hit]) -> list[tuple[Hit, str]]:
        """The passages that the model reads, best first, each with as much of its text as the budget allows.

        Every source first gets the sentences around its best evidence; what is left of the budget makes whole passages of
        them, again the best first.
        """
        budget = CHARACTERS_A_TOKEN * (self.context_tokens - FOR_THE_REPLY - FOR_THE_TASK) - len(asked)
        best: dict[str, tuple[Hit, list[Span]]] = {}
        for one in self.extractive.rank(read(asked), hits):
            passage = one.candidate.hit.passage
            places = best.setdefault(passage.id, (one.candidate.hit, []))[1]
            places += [piece for piece in one.candidate.pieces if passage.start <= piece.start < passage.end]
        chosen: list[tuple[Hit, str]] = []
        for hit, places in list(best.values())[:MOST_SOURCES]:
            window = _window(
                hit.passage.text, [Span(one.start - hit.passage.start, one.end - hit.passage.start) for one in places]
            )
            if len(window) + _ABOUT > budget:
                break
            budget -= len(window) + _ABOUT
            chosen.append((hit, window))
        for place, (hit, window) in enumerate(chosen):
            more = len(hit.passage.text) - len(window)
            if 0 < more <= budget:
                budget -= more
                chosen[place] = (hit, hit.passage.text)
        return chosen

    def _lead(self, evidence: Sequence[Evidence]) -> str:
        """That a source has been replaced, where no other proves the sentence."""
        ids = dict.fromkeys(one.document_id for one in evidence)
        if not ids or any(id not in self.extractive.successors for id in ids):
            return ""
        return phrases.source_of(self.extractive.document_of(next(iter(ids))).info, replaced=True)

    # ---------------------------------------------------------------------------------------- writing

    def _written(
        self, reply: Iterator[str], reading: Reading, until: float, stopped: Callable[[], bool]
    ) -> Iterator[Written]:
        left = max(0.0, until - time.monotonic())
        try:
            for piece in within(lambda: reply, seconds=left, stopped=stopped):
                yield from reading.add(piece)
        except LanguageModelFailed as failure:
            if failure.trouble is Trouble.SLOW:  # how long the whole answer may take, not what was left of it
                raise LanguageModelFailed(Trouble.SLOW, f"{self.timeout_seconds:g} s") from failure
            raise
        yield from reading.end()

    def _checked(self, written: Written, passages: Sequence[Hit]) -> Verdict:
        if len(written.text) > LONGEST_SENTENCE:
            return Verdict(problem=Problem.DISTANT)
        return self.checker.check(written, passages)

    def _leaning_on_one(self, written: Written, found: Verdict, passages: Sequence[Hit]) -> Verdict:
        """What proves a sentence that cites nothing: one document, and with a figure in it one passage.

        Out of several, nobody said that they belong together.
        """
        used = dict.fromkeys(evidence.passage_id for evidence in found.evidence)
        if len(used) < 2:
            return found
        numbers = {hit.passage.id: number for number, hit in enumerate(passages, start=1)}
        groups: list[tuple[int, ...]] = [(numbers[id],) for id in used]
        if not figures.find(written.text):
            documents = dict.fromkeys(evidence.document_id for evidence in found.evidence)
            groups = [
                tuple(number for number, hit in enumerate(passages, start=1) if hit.document.id == id)
                for id in documents
            ]
        verdicts = [self._checked(replace(written, cited=group), passages) for group in groups]
        return next((one for one in verdicts if one.problem is None), verdicts[0])

    def _repaired(
        self,
        written: Written,
        verdict: Verdict,
        sources: Sequence[tuple[Hit, str]],
        answer: _Answer,
        until: float,
        stopped: Callable[[], bool],
        language: str,
    ) -> bool:
        """Whether a refused sentence was mended or replaced; what was done is a finding either way."""
        assert verdict.problem is not None
        if answer.repairs < MOST_REPAIRS and len(written.text) <= LONGEST_SENTENCE:
            answer.repairs += 1
            hits = [hit for hit, _ in sources]
            messages = prompts.again(
                written,
                verdict.problem,
                verdict.detail,
                [(hit.document, text) for hit, text in sources],
                language=language,
            )
            for other in self._written(self.chat.write(messages), Reading(), until, stopped):
                second = self._checked(other, hits)
                if second.problem is None and answer.add(other, second):
                    answer.record(written, verdict, "mended")
                    return True
                break  # one sentence was asked for
        if answer.replace(written):
            answer.record(written, verdict, "replaced")
            return True
        answer.record(written, verdict, "left out")
        return False

    def _finished(self, answer: _Answer, reading: Reading, language: str) -> Draft:
        extractive = answer.extractive
        missed = answer.wrote and not answer.aimed
        if missed:
            answer.take_back()
        if answer.wrote:
            return answer.led(english=language == "en")
        if reading.not_found and (extractive.confidence or 0.0) < _SURE and not answer.failure:
            abstained = extractive if extractive.outcome == "abstained" else None
            return replace(
                extractive,
                statements=(),
                outcome="abstained",
                reason=abstained.reason if abstained else "",
                nearest=extractive.nearest or tuple(one.evidence[0] for one in extractive.statements),
                notices=("not_found",),
                findings=tuple(answer.findings),
                answerer="generative",
            )
        why = "beside" if missed else "not_proven"
        if not extractive.statements:
            why += "_either"
        notice = answer.failure or ("found_by_words" if reading.not_found and not missed else why)
        return replace(extractive, notices=(notice,), findings=tuple(answer.findings))


def _in_words(draft: Draft, *, english: bool) -> Draft:
    return replace(draft, notices=tuple(phrases.notice(name, english=english) for name in draft.notices))


_ABOUT = 160  # characters of title, date and marks around a source


def _window(text: str, places: Sequence[Span]) -> str:
    """The sentences of a passage around its evidence, one more on either side; the whole passage when it is short."""
    if len(text) <= 600 or not places:
        return text
    spans = sentences(text)
    wanted: set[int] = set()
    for place in places[:2]:
        hit = [number for number, span in enumerate(spans) if span.start < place.end and place.start < span.end]
        wanted |= {number + step for number in hit for step in (-1, 0, 1)}
    kept = sorted(number for number in wanted if 0 <= number < len(spans))
    pieces: list[str] = []
    for before, number in zip([None, *kept], kept, strict=False):
        if before is not None and number != before + 1:
            pieces.append("…")
        pieces.append(text[spans[number].start : spans[number].end])
    return " ".join(pieces) if kept else text


# ------------------------------------------------------------------------------------------------ an answer in the making


class _Answer:
    """What has been proven so far, and what became of the rest."""

    def __init__(self, extractive: Draft, judge: beside.Judge, lead: Callable[[Sequence[Evidence]], str]) -> None:
        self.extractive = extractive
        self._lead = lead
        self._judge = judge
        self.statements: list[DraftStatement] = []
        self.lists: list[Evidence] = []  # what stands in the answer as a whole list
        self.findings: list[Finding] = []
        self.failure = ""
        self.repairs = 0
        self.wrote = False  # whether any of the statements is the model's own
        self.aimed = False  # whether any of the model's own statements answers the question

    def add(self, written: Written, verdict: Verdict) -> bool:
        """Add a proven sentence, unless the answer says it already."""
        if any(_same(written.text, other.text) for other in self.statements):
            return False
        listed = _list_behind(written, verdict)
        if beside.says_nothing(written.text) or listed == "":
            self.findings.append(Finding(written.text, Problem.NOTHING.value, "left out"))
            return False
        if self.lists and all(any(_inside(one, whole) for whole in self.lists) for one in verdict.evidence):
            return False  # an item of a list that is there
        quoted = " ".join(" ".join(one.quote.split()) for one in verdict.evidence)
        statement = DraftStatement(
            listed or (quoted if _is_bare(written.text) else written.text),
            verdict.evidence,
            self._lead(verdict.evidence),
        )
        self.statements.append(statement)
        if listed:
            self.lists += verdict.evidence
        self.wrote = True
        self.aimed = self.aimed or self._judge.answers(statement)
        return True

    def take_back(self) -> None:
        """None of the statements answers the question: they are left out, and the extractive answer stands."""
        own = [one for one in self.statements if one not in self.extractive.statements]
        self.findings += [Finding(one.text, Problem.BESIDE.value, "left out") for one in own]
        self.statements, self.wrote = [], False

    def replace(self, written: Written) -> bool:
        """Put the extractive sentence that is most like a refused one in its place, when it is not there yet."""
        content = frozenset(dutch.content_stems(written.text))
        quoted = {evidence for statement in self.statements for evidence in statement.evidence}
        said = {one.text for one in self.statements}
        left = [one for one in self.extractive.statements if not quoted & set(one.evidence) and one.text not in said]
        if not left or self.extractive.outcome == "abstained":
            return False
        best = max(left, key=lambda one: len(content & frozenset(dutch.content_stems(one.text))))
        self.statements.append(best)
        return True

    def record(self, written: Written, verdict: Verdict, done: str) -> None:
        detail = f": {verdict.detail}" if verdict.detail else ""
        shown = written.text if len(written.text) <= LONGEST_SENTENCE else f"{written.text[:LONGEST_SENTENCE]} …"
        self.findings.append(Finding(shown, f"{verdict.problem}{detail}", done))

    def failed(self, failure: LanguageModelFailed, refused: Sequence[tuple[Written, Verdict]]) -> None:
        """The model went away: what was proven stays, what was refused is not asked for again."""
        self.failure = f"failed_{failure.trouble.name.lower()}"
        done = {finding.statement for finding in self.findings}
        for written, verdict in refused:
            if written.text[:LONGEST_SENTENCE] not in {text[:LONGEST_SENTENCE] for text in done}:
                self.record(written, verdict, "left out")
        self.findings.append(Finding("", str(failure)))

    def led(self, *, english: bool = False) -> Draft:
        """The answer with the sentence that the search is surest of at its head, where the model wrote nothing of what it says.

        What is true and near the question can still leave out the very thing that was asked, or the figure of today.
        """
        draft = self.draft()
        if self.failure or self.extractive.outcome == "abstained":
            return draft
        first = self.extractive.statements[0]
        shown = [evidence for statement in draft.statements for evidence in statement.evidence]
        if any(_meet(one, other) for one in shown for other in first.evidence):
            return draft
        if any(one.text == first.text for one in draft.statements):
            return draft
        said = "\n".join(one.text for one in draft.statements)
        content, there = dutch.content_stems(first.text), frozenset(dutch.content_stems(said))
        unsaid = sum(stem not in there for stem in content)
        if (english or unsaid < _UNSAID * len(content)) and figures.values(first.text) <= figures.values(said):
            return draft  # between two languages figures alone can be compared
        return replace(draft, statements=(first, *draft.statements), notices=("led",))

    def draft(self, *, growing: bool = False) -> Draft:
        """The statements as they are now; what the extractive side found no answer to stays said.

        A model that wrote nothing of them wrote no answer: see `_finished`.
        """
        # Of a model that wrote some of it, no notice may say that this is the answer without one.
        halfway = self.failure if self.failure == "failed_slow" else "failed_broken"
        notices = (halfway,) if self.failure else ()
        partly = self.extractive.outcome == "partly"
        if self.failure and not growing:
            # Cut off halfway: the extractive answer is whole, so it is added where it says something else.
            quoted = {evidence for statement in self.statements for evidence in statement.evidence}
            if self.extractive.outcome != "abstained":
                self.statements += [one for one in self.extractive.statements if not quoted & set(one.evidence)]
        return replace(
            self.extractive,
            statements=tuple(self.statements),
            outcome="partly" if partly else "answered",
            reason=self.extractive.reason if partly else None,
            nearest=(),
            suggestions=(),
            notices=notices,
            findings=tuple(self.findings),
            answerer="generative",
        )


def _list_behind(written: Written, verdict: Verdict) -> str | None:
    """The whole list where a model wrote what stands above it: half a list, item by item, would pass for all of it.

    None for a sentence that leads nothing in; "" for one that leads in what the source does not list.
    """
    if not written.text.endswith(":"):
        return None
    for one in verdict.evidence:
        lead, *items = re.split(r"\s*\n+\s*(?:[•·*–-]\s+)?", one.quote.strip())
        if lead.endswith(":") and items:
            return f"{lead} {'; '.join(item.rstrip(' ;,.') for item in items)}."
    return ""


def _is_bare(text: str) -> bool:
    """Whether a reply is a mere figure, number or name, of which its source says more: *762,123 miljoen.*

    What it is (set, estimated, spent; of which year) then stands in the source's sentence, which is shown instead.
    """
    spans = [figure.span for figure in figures.find(text)]
    words = [one for one in dutch.words(text) if not any(start <= one.start < end for start, end in spans)]
    return len([one for one in words if one.text not in dutch.STOPWORDS]) < _SAYS_SOMETHING


def _inside(one: Evidence, whole: Evidence) -> bool:
    return one.document_id == whole.document_id and whole.start <= one.start and one.end <= whole.end


def _meet(one: Evidence, other: Evidence) -> bool:
    return one.document_id == other.document_id and one.start < other.end and other.start < one.end


def _same(one: str, other: str) -> bool:
    first, second = frozenset(dutch.content_stems(one)), frozenset(dutch.content_stems(other))
    return (
        bool(first)
        and len(first & second) / len(first | second) > 0.85
        and figures.values(one) == figures.values(other)
    )


# ------------------------------------------------------------------------------------------------ follow-up questions


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Follow-up questions in full, by the language model; by the rules where it fails or adds something.

    Args:
        rules: the question in full without a model, or None when it stands by itself. See `ask.understand`.
    """

    chat: Chat
    rules: Callable[[Question], str | None]
    timeout_seconds: float

    def __call__(self, question: Question, *, stopped: Callable[[], bool] = lambda: False) -> str | None:
        """The question in full, or None when it stands by itself. Raises Stopped when `stopped` says so."""
        by_rules = self.rules(question)
        if by_rules is None:
            return None
        language = read(question.text).language
        messages = prompts.rewriting(question.text, question.turns, language=language)
        try:
            pieces = self.chat.write(messages)
            reply = "".join(within(lambda: pieces, seconds=self.timeout_seconds * _REWRITING, stopped=stopped))
        except LanguageModelFailed:
            return by_rules
        rewritten = _one_question(reply)
        said = "\n".join([question.text, *(f"{turn.question}\n{turn.answer}" for turn in question.turns)])
        return rewritten if rewritten and _adds_nothing(rewritten, said) else by_rules


def _one_question(reply: str) -> str | None:
    lines = [line.strip(" \"'“”‘’*-") for line in clean(reply).splitlines() if line.strip()]
    asked = [line for line in lines if line.endswith("?") and len(line) <= 400]
    return asked[-1] if len(asked) == 1 and len(lines) <= 2 else None


def _adds_nothing(rewritten: str, said: str) -> bool:
    """Whether every figure and name of the rewritten question was said before, and most of its words."""
    if not figures.values(rewritten) <= figures.values(said):
        return False
    known = fold(said)
    names = [term.text for term in read(rewritten).terms if term.name]
    stems = dutch.content_stems(rewritten)
    there = set(dutch.content_stems(said))
    return all(name in known for name in names) and sum(stem in there for stem in stems) >= 0.7 * len(stems)
