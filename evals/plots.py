"""The plots of a report as SVG to stand in the page, drawn with matplotlib: the same figures give the same bytes.

Text stays text and colours are the page's own (`var(--good)`), so the plots follow its light and dark dress. matplotlib is
loaded when the first plot is drawn; where it is not installed there are no plots, and `MISSING` says what to do.
"""

from __future__ import annotations

import importlib.util
import io
import os
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from assistant.settings import PROJECT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MISSING = "The plots need matplotlib: pip install '.[evals]'"

# Colours by which the plots are drawn, and what the page calls them.
_COLOURS: Mapping[str, str] = {
    "ink": "#1b1f24",
    "soft": "#5b6470",
    "line": "#d5dae1",
    "good": "#23774a",
    "half": "#b98a12",
    "bad": "#b3261e",
    "miss": "#e08f86",
    "quiet": "#4a5b8c",
    "still": "#9fabc9",
}
_OF_VERDICT = {"correct": "good", "partly": "half", "wrong": "bad", "missed": "miss", "silent": "still"}
_WIDTH = 5.2  # inches: wide enough beside another, and its text still readable on a telephone


def available() -> bool:
    """Whether matplotlib is installed."""
    return importlib.util.find_spec("matplotlib") is not None


# ------------------------------------------------------------------------------------------------ the plots


def measures(names: Sequence[str], summary: Mapping[str, Any], thresholds: Sequence[Mapping[str, Any]]) -> str:
    """Values of the summary with their intervals, and the thresholds of the gate as marks."""
    names = [name for name in names if summary.get(name) is not None]
    limits = {one["measure"]: float(one.get("at_least", one.get("at_most", 0.0))) for one in thresholds}

    def draw(axes: Axes) -> None:
        for place, name in enumerate(reversed(names)):
            figure = summary[name]
            axes.plot([figure["low"], figure["high"]], [place, place], color=_COLOURS["still"], linewidth=4)
            axes.plot([figure["value"]], [place], "o", color=_COLOURS["quiet"], markersize=6)
            if name in limits:
                axes.plot([limits[name]] * 2, [place - 0.35, place + 0.35], color=_COLOURS["bad"], linewidth=1.6)
        axes.set_yticks(range(len(names)), list(reversed(names)))
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.7, len(names) - 0.3)
        axes.grid(axis="x")

    return _svg(draw, "measures with their 95 % intervals and the thresholds of the gate", 0.4 + 0.25 * len(names))


def verdicts(groups: Mapping[str, Mapping[str, Any]], what: str) -> str:
    """How the questions of each group were answered, as shares of the group."""

    def draw(axes: Axes) -> None:
        names = list(groups)[::-1]
        left = [0.0] * len(names)
        for verdict, colour in _OF_VERDICT.items():
            counts = [groups[name]["verdicts"][verdict] for name in names]
            shares = [count / groups[name]["cases"] for count, name in zip(counts, names, strict=True)]
            axes.barh(range(len(names)), shares, left=left, color=_COLOURS[colour], height=0.72)
            for place, (share, count) in enumerate(zip(shares, counts, strict=True)):
                if share >= 0.05:
                    dark = colour in ("good", "bad")
                    axes.text(
                        left[place] + share / 2, place, str(count), ha="center", va="center",
                        color="#ffffff" if dark else "#14171a", fontsize=8,
                    )  # fmt: skip
            left = [at + share for at, share in zip(left, shares, strict=True)]
        axes.set_yticks(range(len(names)), [f"{name or '–'} ({groups[name]['cases']})" for name in names])
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.6, len(names) - 0.4)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)

    return _svg(draw, f"verdicts per {what}", 0.2 + 0.29 * len(groups))


def risk_coverage(points: Sequence[Mapping[str, float]]) -> str:
    """Mean loss when only the surest answers are given, with its interval."""

    def draw(axes: Axes) -> None:
        points_drawn = _thinned(points)
        coverage = [point["coverage"] for point in points_drawn]
        axes.fill_between(
            coverage,
            [point["low"] for point in points_drawn],
            [point["high"] for point in points_drawn],
            color=_COLOURS["still"],
            alpha=0.4,
            linewidth=0,
        )
        axes.plot(coverage, [point["risk"] for point in points_drawn], color=_COLOURS["quiet"], linewidth=1.8)
        axes.set_xlim(0, 1)
        settled = points_drawn[len(points_drawn) // 10 :]  # the interval of the first few answers is from 0 to 1
        top = max(0.1, *(point["risk"] for point in points_drawn), *(point["high"] for point in settled))
        axes.set_ylim(0, top * 1.05)
        axes.set_xlabel("share of questions answered, surest first")
        axes.set_ylabel("mean loss of an answer")
        axes.grid()

    return _svg(draw, "risk-coverage curve", 3.0)


_MOST_POINTS = 80


def _thinned(points: Sequence[Mapping[str, float]]) -> Sequence[Mapping[str, float]]:
    """At most about eighty points, the last among them: more cannot be told apart."""
    step = -(-len(points) // _MOST_POINTS)
    return [*points[: len(points) - 1 : step], points[-1]]


def reliability(bins: Sequence[Mapping[str, Any]], threshold: float | None) -> str:
    """Share of correct answers against how sure they were; on the diagonal confidence is what it says."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=_COLOURS["soft"], linewidth=1, linestyle=(0, (3, 3)))
        if threshold is not None:
            axes.axvline(threshold, color=_COLOURS["bad"], linewidth=1)
            axes.text(threshold - 0.015, 0.98, "silent", ha="right", va="top", fontsize=8, color=_COLOURS["bad"])
        for one in bins:
            right = one["right"]
            axes.plot([one["confidence"]] * 2, [right["low"], right["high"]], color=_COLOURS["still"], linewidth=4)
        at = [one["confidence"] for one in bins]
        axes.plot(
            at, [one["right"]["value"] for one in bins], "-o", color=_COLOURS["quiet"], linewidth=1.2, markersize=5
        )
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.03)
        axes.set_xlabel("confidence of an answer")
        axes.set_ylabel("share correct")
        axes.grid()

    return _svg(draw, "reliability of the confidence", 3.0)


def latency(stages: Mapping[str, Mapping[str, float] | None]) -> str:
    """Milliseconds per stage: p50 and p95 with their intervals, on a logarithmic scale."""
    given = {name: figures for name, figures in stages.items() if figures is not None}

    def draw(axes: Axes) -> None:
        names = list(given)[::-1]
        for place, name in enumerate(names):
            for percentile, colour, side in (("p50", "quiet", "right"), ("p95", "half", "left")):
                value, low, high = (
                    max(given[name][f"{percentile}{bound}"], 0.05) for bound in ("", "_low", "_high")
                )  # a logarithm has no 0
                axes.plot([low, high], [place, place], color=_COLOURS["still"], linewidth=4)
                axes.plot([value], [place], "o", color=_COLOURS[colour], markersize=6)
                axes.text(value, place + 0.25, f"{percentile} {value:.0f}", ha=side, va="bottom", fontsize=8)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(-0.6, len(names) - 0.2)
        axes.margins(x=0.14)
        axes.grid(axis="x")

    return _svg(draw, "milliseconds per stage", 0.5 + 0.45 * len(given))


def differences(found: Sequence[Mapping[str, Any]]) -> str:
    """How much each measure rose from one run to the next, with its interval."""

    def draw(axes: Axes) -> None:
        rows = list(reversed(found))
        axes.axvline(0, color=_COLOURS["soft"], linewidth=1)
        for place, one in enumerate(rows):
            sure = one["low"] > 0 or one["high"] < 0
            axes.plot([one["low"], one["high"]], [place, place], color=_COLOURS["still"], linewidth=4)
            axes.plot([one["difference"]], [place], "o", color=_COLOURS["quiet" if sure else "soft"], markersize=6)
        axes.set_yticks(range(len(rows)), [one["measure"] for one in rows])
        axes.set_ylim(-0.7, len(rows) - 0.3)
        widest = max(abs(one[bound]) for one in rows for bound in ("low", "high"))
        axes.set_xlim(-max(widest, 0.02) * 1.1, max(widest, 0.02) * 1.1)
        axes.locator_params(axis="x", nbins=5)
        axes.set_xlabel("second run minus first")
        axes.grid(axis="x")

    return _svg(draw, "change of each measure with its 95 % interval", 0.5 + 0.25 * len(found))


# ------------------------------------------------------------------------------------------------ drawing


def _svg(draw: Callable[[Axes], None], title: str, height: float) -> str:
    """A drawing as an `<svg>` element without anything that differs between runs or machines."""
    # matplotlib keeps a list of fonts; without this it stands in the home folder
    os.environ.setdefault("MPLCONFIGDIR", str(PROJECT / "indexes" / "matplotlib"))
    import matplotlib
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context("default"), matplotlib.rc_context(_settings(title)):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        axes = figure.add_subplot()
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.tick_params(length=0)
        axes.set_axisbelow(True)
        draw(axes)
        for drawn in (*axes.lines, *axes.patches):
            drawn.set_clip_on(False)  # all lie within the axes: a clip path each would only make the page larger
        made = io.StringIO()
        figure.savefig(made, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _tidied(made.getvalue(), title)


def _settings(title: str) -> Any:  # matplotlib's own type names every setting there is
    return {
        "svg.hashsalt": title,  # names of clip paths: the same every time, and other ones in every plot
        "svg.fonttype": "none",
        "lines.solid_capstyle": "butt",
        "font.family": ["DejaVu Sans"],  # comes with matplotlib, so every machine measures text alike
        "font.size": 9,
        "text.color": _COLOURS["ink"],
        "axes.edgecolor": _COLOURS["line"],
        "axes.labelcolor": _COLOURS["soft"],
        "xtick.labelcolor": _COLOURS["soft"],
        "ytick.labelcolor": _COLOURS["ink"],
        "grid.color": _COLOURS["line"],
        "grid.linewidth": 0.6,
    }


_DECIMALS = re.compile(r"\d+\.\d{2,}")
_ID = re.compile(r' id="([^"]+)"')
_FONT = re.compile(r" font-family: '[^;\"]*;?|font: (?=\d)")
_IDLE = re.compile(r' transform="rotate\(-?0 [^)]*\)"| stroke-linecap: (?:butt|square);?|<g/>|<defs></defs>')


def _tidied(svg: str, title: str) -> str:
    """Only the drawing: no prologue, metadata, page-wide style, or names that nothing refers to; short numbers."""
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", svg, flags=re.DOTALL)
    used = set(re.findall(r"#([\w.-]+)", svg))
    svg = _ID.sub(lambda found: found.group(0) if found.group(1) in used else "", svg)
    svg = re.sub(r"<[^>]*>", lambda tag: _DECIMALS.sub(_rounded, tag.group(0)), svg)  # not the labels of an axis
    svg = _IDLE.sub("", _FONT.sub("", svg))
    for name, colour in _COLOURS.items():
        svg = svg.replace(colour, f"var(--{name})")
    svg = re.sub(r"\s*\n\s*", " ", re.sub(r">\s+<", "><", svg))
    svg = re.sub(r' d="([^"]*)"', lambda found: f' d="{_short_path(found.group(1))}"', svg)
    svg = re.sub(r' style="([^"]*)"', lambda found: f' style="{_short_style(found.group(1))}"', svg)
    while (emptied := re.sub(r"<g>(?:</g>|(<(?:path|text) [^<]*(?:/>|</text>))</g>)", r"\1", svg)) != svg:
        svg = emptied  # groups around a single thing
    box = re.search(r'viewBox="[^"]*"', svg)
    assert box is not None
    opening = f'<svg class="plot" {box.group(0)} role="img" aria-label="{escape(title)}">'
    return re.sub(r"^<svg[^>]*>", opening, svg, count=1).replace("xlink:href", "href")


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number.group(0)):.1f}".removesuffix(".0")


def _short_path(path: str) -> str:
    """`M 1 2 L 3 4 z ` as `M1 2L3 4z`."""
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", path)


def _short_style(style: str) -> str:
    return re.sub(r"\s*([:;])\s*", r"\1", style).removesuffix(";")
