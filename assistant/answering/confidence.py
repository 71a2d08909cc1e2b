"""How sure an answer is: a calibrated probability from the best candidate's features, and the reasons for silence.

The weights are fitted by `python -m evals.calibrate` on the dev questions (logistic regression) and kept beside this
file in calibration.json with the figures they reached.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights by feature name and an intercept. A feature that is not given counts as 0."""

    weights: Mapping[str, float]
    intercept: float

    def score(self, features: Mapping[str, float]) -> float:
        return self.intercept + sum(weight * features.get(name, 0.0) for name, weight in self.weights.items())

    def probability(self, features: Mapping[str, float]) -> float:
        """The logistic function of the score, 0 to 1."""
        value = max(-30.0, min(30.0, self.score(features)))
        return 1 / (1 + math.exp(-value))


@dataclass(frozen=True, slots=True)
class Calibration:
    """`relevance` ranks candidates; `confidence` says whether the best one answers; below `threshold` we are silent."""

    relevance: Linear
    confidence: Linear
    threshold: float


def load(path: Path = _FILE) -> Calibration:
    """The calibration that comes with the program."""
    data = json.loads(path.read_text(encoding="utf-8"))
    linear = {
        name: Linear(weights=data[name]["weights"], intercept=data[name]["intercept"])
        for name in ("relevance", "confidence")
    }
    return Calibration(linear["relevance"], linear["confidence"], float(data["threshold"]))
