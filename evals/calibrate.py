"""Fit the extractive answerer's weights on the dev questions, and say how far they can be trusted.

    python -m evals.calibrate evals/questions evals/own_words [--write]

Two logistic regressions with the sign of every weight fixed beforehand, so that a feature can be found useless but
never turned round by chance: *relevance* (does this candidate hold an expected fact?) over all candidates of answerable
questions, *confidence* (does the best candidate answer?) over all questions. Besides the unanswerable questions of the
set, every answerable one is asked a second time without the documents that hold its facts: a near miss on purpose.
Relevance learns from the exercises too (`unseen.py`; those that are not held out), so that it fits documents of others:
what a good sentence is differs little between subjects. When to be silent does differ, and is learnt from the dev questions.
All figures are from five-fold cross-validation, folds by question; the test split is not read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import rankdata

from assistant.answering import confidence
from assistant.answering.extractive import ExtractiveAnswerer
from assistant.answering.extractive import relevance as relevance_of
from assistant.answering.question import read
from assistant.ask import Asker
from assistant.assembly import Assistant
from assistant.model import NO_FILTERS, Filters, Hit, Question
from assistant.settings import load
from evals import unseen
from evals.cases import Case, holds_fact, read_cases

Vector = NDArray[np.float64]

# What each feature may do: +1 only raise, -1 only lower. A feature that is not named is not used.
RELEVANCE_SIGNS = {
    "similarity": 1, "lead": 1, "passage": 1, "coverage": 1, "context": 1, "heading": 1, "figure": 1, "no_figure": -1,
    "kind": 1, "no_kind": -1, "focus": 1, "rank": 1, "opposed": -1, "superseded": -1, "whole": 1,
    "event": 1, "other_event": -1,
}  # fmt: skip
CONFIDENCE_SIGNS = {
    "similarity": 1, "lead": 1, "passage": 1, "coverage": 1, "context": 1, "no_figure": -1, "no_kind": -1, "focus": 1,
    "names_missing": -1, "words_missing": -1, "unseen": -1, "opposed": -1, "english": 1,
    "event": 1, "other_event": -1,
}  # fmt: skip
FOLDS = 5
PENALTY = 0.01  # ridge on standardised weights, per case
# A wrong answer costs more than a right one gains: people forgive silence, not errors.
WRONG_COSTS = 1.0
HITS = 20


@dataclass(slots=True)
class Row:
    """One question with the candidates found for it."""

    answerable: bool
    fold: int | None  # None: an exercise, in no fold, so always learnt from
    features: list[dict[str, float]] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)  # the candidate itself holds an expected fact
    opening: list[bool] = field(default_factory=list)  # it, or what is shown with it, does
    real: bool = True  # False: asked again without its documents


def collect(asker: Asker, cases: Sequence[Case], *, documents: dict[str, str]) -> list[Row]:
    """Candidates of every case, and of every answerable case without the documents that answer it."""
    answerer = asker.answerer
    assert isinstance(answerer, ExtractiveAnswerer)
    rows: list[Row] = []
    for number, case in enumerate(cases, start=1):
        print(f"\r{number}/{len(cases)} questions", end="", file=sys.stderr)
        fold = int(hashlib.sha256(case.id.encode()).hexdigest(), 16) % FOLDS
        rows.append(_row(asker, answerer, case, case.answerable, fold))
        if case.answerable and case.facts:
            telling = {
                name for name, text in documents.items() if any(holds_fact(text, spellings) for spellings in case.facts)
            }
            rest = tuple(sorted(set(documents) - telling - set(case.sources)))
            if rest:
                rows.append(_row(asker, answerer, case, False, fold, within=rest))
    print(file=sys.stderr)
    return rows


def _row(
    asker: Asker,
    answerer: ExtractiveAnswerer,
    case: Case,
    answerable: bool,
    fold: int,
    *,
    within: tuple[str, ...] = (),
) -> Row:
    filters = Filters(documents=within) if within else NO_FILTERS
    row = Row(answerable, fold, real=not within)
    reading = read(case.question)
    for one in answerer.rank(reading, _hits(asker, Question(case.question, filters))):
        row.features.append(dict(one.features))
        accepted = answerable and one.candidate.document.id in case.sources
        row.right.append(accepted and _answers(case, one.candidate.text))
        row.opening.append(accepted and any(_answers(case, shown.text) for shown in answerer.opening(reading, one)))
    return row


def _answers(case: Case, text: str) -> bool:
    return any(holds_fact(text, spellings) for spellings in case.facts)


def collect_exercises(dossiers: Sequence[unseen.Dossier], *, sample: int) -> list[Row]:
    """Candidates for questions of the exercises that can be answered, from an index of these dossiers alone."""
    rows: list[Row] = []
    with unseen.indexed(dossiers) as (assistant, _):
        asker = assistant.asker()
        answerer = asker.answerer
        assert isinstance(answerer, ExtractiveAnswerer)
        for dossier, question, places in unseen.some_of(dossiers, sample):
            wanted = [dossier.line(place) for place in places]
            if not wanted:
                continue
            print(f"\r{len(rows)} exercises", end="", file=sys.stderr)
            row = Row(answerable=True, fold=None)
            for one in answerer.rank(read(question), _hits(asker, Question(question))):
                row.features.append(dict(one.features))
                row.right.append(unseen.is_one_of(one.candidate.text, wanted))
            rows.append(row)
    print(file=sys.stderr)
    return rows


def _hits(asker: Asker, question: Question) -> list[Hit]:
    hits = asker.retriever.retrieve(question, limit=HITS)
    return [*hits, *asker.retriever.neighbours(hits)]


# ------------------------------------------------------------------------------------------------ fitting


def fit(features: Sequence[dict[str, float]], labels: Sequence[bool], signs: dict[str, int]) -> confidence.Linear:
    """Ridge-penalised logistic regression on standardised features, each weight bounded by its sign."""
    names = list(signs)
    raw = np.array([[one.get(name, 0.0) for name in names] for one in features], dtype=np.float64)
    wanted = np.array(labels, dtype=np.float64)
    mean, spread = raw.mean(axis=0), raw.std(axis=0) + 1e-9
    x = (raw - mean) / spread

    def loss(parameters: Vector) -> tuple[float, Vector]:
        weights, intercept = parameters[:-1], parameters[-1]
        score = x @ weights + intercept
        value = float(np.mean(np.logaddexp(0, score) - wanted * score) + PENALTY * weights @ weights)
        error = 1 / (1 + np.exp(-score)) - wanted
        gradient = np.concatenate([x.T @ error / len(wanted) + 2 * PENALTY * weights, [error.mean()]])
        return value, gradient

    bounds = [(0, None) if signs[name] > 0 else (None, 0) for name in names] + [(None, None)]
    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    weights = found.x[:-1] / spread
    intercept = float(found.x[-1] - weights @ mean)
    return confidence.Linear({name: float(weight) for name, weight in zip(names, weights, strict=True)}, intercept)


def fit_relevance(rows: Sequence[Row]) -> confidence.Linear:
    pairs = [(f, r) for row in rows if row.answerable for f, r in zip(row.features, row.right, strict=True)]
    return fit([f for f, _ in pairs], [r for _, r in pairs], RELEVANCE_SIGNS)


def best_of(row: Row, relevance: confidence.Linear) -> int:
    """The candidate that relevance puts first."""
    return int(np.argmax([relevance_of(one, relevance) for one in row.features]))


def fit_confidence(rows: Sequence[Row], chosen: Sequence[int]) -> confidence.Linear:
    features = [row.features[best] for row, best in zip(rows, chosen, strict=True)]
    labels = [row.opening[best] for row, best in zip(rows, chosen, strict=True)]
    return fit(features, labels, CONFIDENCE_SIGNS)


def area_under_curve(labels: Sequence[bool], scores: Sequence[float]) -> float:
    """The chance that a positive scores above a negative (Mann and Whitney 1947)."""
    wanted = np.array(labels)
    ranks = rankdata(scores)
    positives, negatives = int(wanted.sum()), int((~wanted).sum())
    return float((ranks[wanted].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def cross_validate(rows: Sequence[Row], exercises: Sequence[Row] = ()) -> tuple[list[int], list[float]]:
    """For each row the best candidate and its probability, by models that have not seen the question."""
    chosen, sure = [0] * len(rows), [0.0] * len(rows)
    for fold in range(FOLDS):
        train = [row for row in rows if row.fold != fold]
        relevance = fit_relevance([*train, *exercises])
        model = fit_confidence(train, [best_of(row, relevance) for row in train])
        for place, row in enumerate(rows):
            if row.fold == fold:
                chosen[place] = best_of(row, relevance)
                sure[place] = model.probability(row.features[chosen[place]])
    return chosen, sure


def report(rows: Sequence[Row], exercises: Sequence[Row], *, thresholds: Sequence[float]) -> dict[str, Any]:
    """Cross-validated figures, with a risk-coverage curve over the real questions (El-Yaniv and Wiener 2010)."""
    chosen, sure = cross_validate(rows, exercises)
    real = [place for place, row in enumerate(rows) if row.real]
    first = {place: rows[place].right[chosen[place]] for place in range(len(rows))}
    right = {place: rows[place].opening[chosen[place]] for place in range(len(rows))}
    answerable = [place for place in real if rows[place].answerable]
    curve = []
    for threshold in thresholds:
        answered = [place for place in real if sure[place] >= threshold]
        silent = [place for place in real if sure[place] < threshold]
        good = sum(right[place] for place in answered)
        unanswerable_silent = sum(not rows[place].answerable for place in silent)
        unanswerable = len(real) - len(answerable)
        precision = unanswerable_silent / len(silent) if silent else 1.0
        recall = unanswerable_silent / unanswerable if unanswerable else 1.0
        curve.append(
            {
                "threshold": round(threshold, 2),
                "coverage": round(len(answered) / len(real), 3),
                "risk": round(1 - good / len(answered), 3) if answered else 0.0,
                "right_of_answerable": round(good / len(answerable), 3),
                "answered_unanswerable": len(answered) - sum(rows[place].answerable for place in answered),
                "abstention_precision": round(precision, 3),
                "abstention_recall": round(recall, 3),
                "abstention_f1": round(2 * precision * recall / (precision + recall), 3) if precision + recall else 0.0,
                "utility": round((good - WRONG_COSTS * (len(answered) - good)) / len(real), 3),
            }
        )
    return {
        "questions": len(real),
        "exercises": len(exercises),
        "left_out": len(rows) - len(real),
        "first_candidate_right": round(sum(first[place] for place in answerable) / len(answerable), 3),
        "opening_right": round(sum(right[place] for place in answerable) / len(answerable), 3),
        "auc_answerable": round(
            area_under_curve([rows[place].answerable for place in real], [sure[place] for place in real]), 3
        ),
        "auc_right": round(area_under_curve([right[place] for place in real], [sure[place] for place in real]), 3),
        "risk_coverage": curve,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.calibrate", description=__doc__)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--write", action="store_true", help="replace assistant/answering/calibration.json")
    parser.add_argument("--threshold", type=float, help="instead of the one with the best abstention F1")
    parser.add_argument(
        "--exercises", type=int, default=1_600, metavar="N", help="how many of them relevance learns from"
    )
    options = parser.parse_args(arguments)
    assistant = Assistant(load())
    cases = [
        case
        for path in options.questions
        for case in read_cases(path)
        if case.split == "dev" and case.question and not case.turns
    ]
    documents = {info.id: assistant.document(info.id).text for info in assistant.documents()}
    rows = [row for row in collect(assistant.asker(), cases, documents=documents) if row.features]
    exercises = collect_exercises(unseen.taught(unseen.read_all(unseen.EXERCISES)), sample=options.exercises)
    steps = sorted({*np.arange(0.05, 0.85, 0.05).tolist(), *([options.threshold] if options.threshold else [])})
    figures = report(rows, exercises, thresholds=steps)
    print(json.dumps(figures, indent=1))
    best = max(figures["risk_coverage"], key=lambda point: point["abstention_f1"] + point["right_of_answerable"])
    threshold = round(options.threshold or best["threshold"], 2)
    relevance = fit_relevance([*rows, *exercises])
    sure = fit_confidence(rows, [best_of(row, relevance) for row in rows])
    calibration = {
        "relevance": _rounded(relevance),
        "confidence": _rounded(sure),
        "threshold": threshold,
        "measured": {key: value for key, value in figures.items() if key != "risk_coverage"},
        "at_threshold": next(point for point in figures["risk_coverage"] if point["threshold"] == threshold),
    }
    print(json.dumps(calibration, indent=1))
    if options.write:
        path = Path(confidence.__file__).with_name("calibration.json")
        path.write_text(json.dumps(calibration, indent=1) + "\n", encoding="utf-8")
        print(f"written to {path}", file=sys.stderr)
    return 0


def _rounded(linear: confidence.Linear) -> dict[str, Any]:
    return {
        "weights": {name: round(weight, 3) for name, weight in linear.weights.items() if abs(weight) >= 0.0005},
        "intercept": round(linear.intercept, 3),
    }


if __name__ == "__main__":
    sys.exit(main())
