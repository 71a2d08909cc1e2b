"""report.json: written small enough to keep under version control, read back as it was.

One line a key and one line a question, so that two reports can be compared by any tool. Some things are said once:

- `columns` names what the lists under `measures` and `answer.citations` of every question and under `risk_coverage.points`
  hold; null is a measure that does not apply to the question,
- what is empty of a question is left out (no turns, no note, no findings, ...), and its split where the run had but one,
- a citation without `quote` is quoted in the statement that cites it: the last `end - start` characters of that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError

# What a question has when its line does not say so.
_LEFT_OUT: Mapping[str, Any] = {"turns": [], "facts": [], "sources": [], "note": "", "findings": []}
_LEFT_OUT_OF_ANSWER: Mapping[str, Any] = {
    "reason": None, "understood_as": None, "confidence": None, "statements": [], "citations": [],
}  # fmt: skip
_LEFT_OUT_OF_FOUND: Mapping[str, Any] = {"source": None, "facts": [], "documents": []}


def dumps(report: Mapping[str, Any]) -> str:
    """A report as the text of report.json."""
    packed = _pack(report)
    results = "[\n" + ",\n".join(_compact(result) for result in packed["results"]) + "\n]"
    lines = [f"{json.dumps(key)}:{results if key == 'results' else _compact(value)}" for key, value in packed.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def read(path: Path) -> dict[str, Any]:
    """A report.json, or the one in a folder.

    Raises:
        SettingsError: it cannot be read, or is no report of `assistant eval run`.
    """
    file = path / "report.json" if path.is_dir() else path
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} cannot be read as a report: {error}") from error
    if not isinstance(data, dict) or not {"results", "summary", "index"} <= set(data):
        raise SettingsError(f"{file} is no report of `assistant eval run`")
    return _unpack(data)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# ------------------------------------------------------------------------------------------------ packing


_CITATION = ("number", "document_id", "label", "start", "end", "quote")  # the quote comes last: it may be left out
_POINT = ("confidence", "coverage", "risk", "low", "high")


def _pack(report: Mapping[str, Any]) -> dict[str, Any]:
    names = list(dict.fromkeys(name for result in report["results"] for name in result["measures"]))
    curve = report["risk_coverage"]
    packed = {
        "columns": {"measures": names, "citations": _CITATION, "points": _POINT},
        **report,
        "risk_coverage": {**curve, "points": [[point[name] for name in _POINT] for point in curve["points"]]},
        "results": [_without(_pack_result(result, names), {"split": report["split"]}) for result in report["results"]],
    }
    return dict(_short_numbers(packed))


def _pack_result(result: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    answer = dict(result["answer"])
    answer["citations"] = [
        [citation[name] for name in (_CITATION if quoted_by(answer, citation) is None else _CITATION[:-1])]
        for citation in answer["citations"]
    ]
    return _without(
        {
            **result,
            "measures": [result["measures"].get(name) for name in names],
            "answer": _without(answer, _LEFT_OUT_OF_ANSWER),
            "found": _without(result["found"], _LEFT_OUT_OF_FOUND),
        },
        _LEFT_OUT,
    )


def quoted_by(answer: Mapping[str, Any], citation: Mapping[str, Any]) -> int | None:
    """The place of the first statement that cites this and ends with its quote; None when there is none."""
    length = citation["end"] - citation["start"]
    quote = citation.get("quote")
    for place, statement in enumerate(answer["statements"]):
        if citation["number"] in statement["citations"]:
            fits = len(statement["text"]) >= length > 0 and quote in (None, statement["text"][-length:])
            return place if fits else None
    return None


def _without(values: Mapping[str, Any], left_out: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in left_out or value != left_out[name]}


def _short_numbers(value: Any) -> Any:
    """The same with whole numbers written as such: 1 instead of 1.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {name: _short_numbers(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_short_numbers(one) for one in value]
    return value


# ------------------------------------------------------------------------------------------------ unpacking


def _unpack(data: dict[str, Any]) -> dict[str, Any]:
    columns = data.pop("columns", None)
    if columns is None:
        data["results"] = [_unpack_first(result) for result in data["results"]]
        return data
    points = [dict(zip(columns["points"], point, strict=True)) for point in data["risk_coverage"]["points"]]
    data["risk_coverage"] = {**data["risk_coverage"], "points": points}
    data["results"] = [{"split": data["split"], **_unpack_result(result, columns)} for result in data["results"]]
    return data


def _unpack_result(result: Mapping[str, Any], columns: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    measures = zip(columns["measures"], result["measures"], strict=True)
    answer = {**_LEFT_OUT_OF_ANSWER, **result["answer"]}
    answer["citations"] = [dict(zip(columns["citations"], one, strict=False)) for one in answer["citations"]]
    for citation in answer["citations"]:
        if "quote" not in citation:
            place = quoted_by(answer, citation)
            if place is None:
                raise SettingsError(f"question {result['id']}: citation {citation['number']} has no quote")
            citation["quote"] = answer["statements"][place]["text"][-(citation["end"] - citation["start"]) :]
    return {
        **_LEFT_OUT,
        **result,
        "measures": {name: value for name, value in measures if value is not None},
        "answer": answer,
        "found": {**_LEFT_OUT_OF_FOUND, **result["found"]},
    }


def _unpack_first(result: dict[str, Any]) -> dict[str, Any]:
    """A question of the first reports, which named everything everywhere and had whole anchors."""
    answer = result["answer"]
    citations = [{**citation, "label": citation["anchor"]["label"]} for citation in answer["citations"]]
    return {**result, "answer": {**_LEFT_OUT_OF_ANSWER, **answer, "citations": citations}, "found": _LEFT_OUT_OF_FOUND}
