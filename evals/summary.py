"""Figures over a set of judged cases, each with a confidence interval.

Every interval is the 95 % percentile bootstrap (Efron and Tibshirani 1993, ch. 13) over cases, with a fixed seed: the same
cases give the same interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from evals.metrics import VERDICTS, Judged

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure over cases: its value with a 95 % confidence interval, and over how many cases."""

    value: float
    low: float
    high: float
    cases: int


_RESAMPLES = 2000
_SEED = 20231207
_BOUNDS = (0.025, 0.975)


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> Figure | None:
    """Sum of numerators over sum of denominators, one of each a case; None when the denominators add up to 0.

    Means, precision, recall and F1 are all such ratios.
    """
    top, bottom = np.array(numerators, dtype=np.float64), np.array(denominators, dtype=np.float64)
    if not bottom.sum():
        return None
    times = _draws(len(top))
    tops, bottoms = times @ top, times @ bottom
    drawn = tops[bottoms > 0] / bottoms[bottoms > 0]
    return _figure(top.sum() / bottom.sum(), drawn, int((bottom > 0).sum()))


def mean(values: Iterable[float | None]) -> Figure | None:
    """The mean of the values that are not None, with its interval; None when there are none."""
    given = [value for value in values if value is not None]
    return ratio(given, [1.0] * len(given)) if given else None


def resampled(statistic: Callable[[Vector], Vector], cases: int) -> Figure | None:
    """Any figure over cases, of how often each is taken: rows are ways to draw the cases, columns the cases.

    None when it is not a number for the cases as they are; resamples for which it is none are left out of the interval.
    """
    value = float(statistic(np.ones((1, cases)))[0])
    if np.isnan(value):
        return None
    drawn = statistic(_draws(cases))
    return _figure(value, drawn[~np.isnan(drawn)], cases)


@lru_cache(maxsize=32)
def _draws(cases: int) -> Vector:
    """How often each case is drawn in each resample, shape (resamples, cases)."""
    random = np.random.default_rng(_SEED)
    return random.multinomial(cases, [1 / cases] * cases, size=_RESAMPLES).astype(np.float64)


def _figure(value: float, drawn: Vector, cases: int) -> Figure:
    low, high = np.quantile(drawn, _BOUNDS)
    return Figure(_round(value), _round(low), _round(high), cases)


def _round(value: float) -> float:
    return round(float(value), 4)


# ------------------------------------------------------------------------------------------------ all measures


def summarise(judged: Sequence[Judged]) -> dict[str, Figure | None]:
    """Every measure over a set of cases; None where no case has it."""
    names = list(dict.fromkeys(name for one in judged for name in one.measures))
    answerable = [one for one in judged if one.case.answerable]
    return {
        "right": mean(float(one.right) for one in judged),
        **{given: mean(float(one.verdict == given) for one in answerable) for given in VERDICTS},
        **{name: mean(one.measures[name] for one in judged) for name in names},
        **abstention(judged),
        "coverage": mean(float(one.loss is not None) for one in judged),
        "risk": mean(one.loss for one in judged),
        "risk_coverage_area": area_under_risk_coverage(judged),
        **calibration(judged),
    }


def abstention(judged: Sequence[Judged]) -> dict[str, Figure | None]:
    """Precision, recall and F1 of abstaining, which is right on exactly the questions that cannot be answered.

    F1 after van Rijsbergen 1979; scored on unanswerable questions since SQuAD 2.0 (Rajpurkar et al. 2018).
    """
    silent = np.array([one.answer.outcome == "abstained" for one in judged], dtype=np.float64)
    wanted = np.array([not one.case.answerable for one in judged], dtype=np.float64)
    both = silent * wanted
    return {
        "abstention_precision": ratio(both.tolist(), silent.tolist()),
        "abstention_recall": ratio(both.tolist(), wanted.tolist()),
        "abstention_f1": ratio((2 * both).tolist(), (silent + wanted).tolist()),
    }


# ------------------------------------------------------------------------------------------------ risk and coverage


@dataclass(frozen=True, slots=True)
class Point:
    """Answering only what is at least this sure: the share of questions answered, and the mean loss of an answer."""

    confidence: float
    coverage: float
    risk: float
    low: float  # the interval of the risk at this confidence
    high: float


@dataclass(frozen=True, slots=True)
class _Curve:
    """Cumulated counts and losses of the answers, surest first; one column for each confidence that occurs."""

    confidences: Sequence[float]
    counts: Vector  # answers up to here
    losses: Vector  # and what they cost together
    drawn_counts: Vector  # the same in every resample, shape (resamples, confidences)
    drawn_losses: Vector


def _curve(judged: Sequence[Judged]) -> _Curve | None:
    """Answers without a confidence come last. None when nothing was answered."""
    sure = np.array([one.answer.confidence or 0.0 for one in judged])
    answered = np.array([one.loss is not None for one in judged], dtype=bool)
    if not answered.any():
        return None
    order = np.argsort(-sure, kind="stable")
    order = order[answered[order]]
    lost = np.array([judged[place].loss for place in order], dtype=np.float64)
    ends = np.flatnonzero(np.append(np.diff(sure[order]) != 0, True))  # equally sure answers make one point
    times = _draws(len(judged))[:, order]
    return _Curve(
        confidences=sure[order][ends].tolist(),
        counts=np.arange(1, len(order) + 1, dtype=np.float64)[ends],
        losses=np.cumsum(lost)[ends],
        drawn_counts=np.cumsum(times, axis=1)[:, ends],
        drawn_losses=np.cumsum(times * lost, axis=1)[:, ends],
    )


def risk_coverage(judged: Sequence[Judged]) -> list[Point]:
    """The risk-coverage curve (El-Yaniv and Wiener 2010) over all cases, from the surest answers to all answers."""
    curve = _curve(judged)
    if curve is None:
        return []
    points = []
    for place, sure in enumerate(curve.confidences):
        drawn = curve.drawn_counts[:, place] > 0
        risks = curve.drawn_losses[drawn, place] / curve.drawn_counts[drawn, place]
        risk = _figure(curve.losses[place] / curve.counts[place], risks, 0)
        coverage = _round(curve.counts[place] / len(judged))
        points.append(Point(_round(sure), coverage, risk.value, risk.low, risk.high))
    return points


def area_under_risk_coverage(judged: Sequence[Judged]) -> Figure | None:
    """Mean risk over the coverage that was reached (AURC, Geifman and El-Yaniv 2017); lower is better."""
    curve = _curve(judged)
    if curve is None:
        return None
    value = _areas(curve.counts[None, :], curve.losses[None, :])[0]
    drawn = curve.drawn_counts[:, -1] > 0
    areas = _areas(curve.drawn_counts[drawn], curve.drawn_losses[drawn])
    return _figure(value, areas, int(curve.counts[-1]))


def _areas(counts: Vector, losses: Vector) -> Vector:
    steps = np.diff(counts, axis=1, prepend=0)
    risks = np.divide(losses, counts, out=np.zeros_like(losses), where=counts > 0)
    areas: Vector = (steps * risks).sum(axis=1) / counts[:, -1]
    return areas


# ------------------------------------------------------------------------------------------------ calibration


def calibration(judged: Sequence[Judged]) -> dict[str, Figure | None]:
    """How well the confidence of a given answer tells whether it is correct.

    `brier`: mean squared difference between confidence and outcome (Brier 1950), 0 is perfect. `overconfidence`: mean
    confidence minus the share that was correct (calibration in the large, Steyerberg 2009); negative is too modest.
    """
    sure = _sure(judged)
    return {
        "brier": mean((confidence - right) ** 2 for confidence, right in sure),
        "overconfidence": mean(confidence - right for confidence, right in sure),
    }


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers that were about equally sure: their mean confidence, and the share that was correct."""

    confidence: float
    right: Figure


_PER_BIN = 15
_MOST_BINS = 10


def reliability(judged: Sequence[Judged]) -> list[Bin]:
    """The reliability diagram (Murphy and Winkler 1977) of given answers, in bins of equally many (Nixon et al. 2019)."""
    sure = sorted(_sure(judged))
    if not sure:
        return []
    bins = []
    for part in np.array_split(np.array(sure), max(1, min(_MOST_BINS, len(sure) // _PER_BIN))):
        right = mean(part[:, 1].tolist())
        assert right is not None  # no part is empty: there are never more parts than answers
        bins.append(Bin(_round(part[:, 0].mean()), right))
    return bins


def _sure(judged: Sequence[Judged]) -> list[tuple[float, float]]:
    return [
        (one.answer.confidence, float(one.verdict == "correct"))
        for one in judged
        if one.loss is not None and one.answer.confidence is not None
    ]


# ------------------------------------------------------------------------------------------------ time


def percentiles(milliseconds: Sequence[float]) -> dict[str, float] | None:
    """p50 and p95, linear between neighbours (Hyndman and Fan 1996, type 7)."""
    if not milliseconds:
        return None
    p50, p95 = np.quantile(np.array(milliseconds), [0.5, 0.95])
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1)}


def latency(milliseconds: Sequence[float]) -> dict[str, float] | None:
    """p50 and p95 with their intervals: `p50`, `p50_low`, `p50_high`, and so for p95."""
    found = percentiles(milliseconds)
    if found is None:
        return None
    values = np.array(milliseconds, dtype=np.float64)
    draws = np.random.default_rng(_SEED).integers(0, len(values), size=(_RESAMPLES, len(values)))
    drawn = np.quantile(values[draws], [0.5, 0.95], axis=1)
    for name, row in zip(("p50", "p95"), drawn, strict=True):
        low, high = np.quantile(row, _BOUNDS)
        found |= {f"{name}_low": round(float(low), 1), f"{name}_high": round(float(high), 1)}
    return found
