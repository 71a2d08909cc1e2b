"""Tables whose lines are drawn: the grid of ruled lines on a page → rows and cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.ingest.boxes import Box, Rule, Word

_NEAR = 3.0  # points within which two lines touch or are one
_MOST_LINES = 1500  # after joining; a page with more is a drawing
_SHORTEST = 6.0
_LONGEST_CELL = 1500  # characters; a grid with such a cell is the layout of a page


@dataclass(slots=True)
class RuledTable:
    """A table: where it is, and for every row the words of each cell. A merged cell stands at its upper left place."""

    box: Box
    rows: list[list[list[Word]]]


def find_tables(rules: Sequence[Rule], words: Sequence[Word]) -> tuple[list[RuledTable], list[Word]]:
    """The ruled tables of a page, and the words that stand in none of them."""
    across = _lines((rule.top, rule.left, rule.right) for rule in rules if rule.bottom - rule.top < 1.5)
    down = _lines((rule.left, rule.top, rule.bottom) for rule in rules if rule.right - rule.left < 1.5)
    if len(across) < 2 or len(down) < 3 or len(across) + len(down) > _MOST_LINES:
        return [], list(words)
    tables: list[RuledTable] = []
    rest = list(words)
    for rows, columns in _connected(across, down):
        grid = _grid(rows, columns)
        if grid is None:
            continue
        inside = [word for word in rest if _within(word, grid.box)]
        table = grid.fill(inside)
        if table is not None:
            tables.append(table)
            taken = {id(word) for word in inside}
            rest = [word for word in rest if id(word) not in taken]
    return tables, rest


_Line = tuple[float, float, float]  # the coordinate it keeps, and where it begins and ends


def _lines(pieces: Iterable[_Line]) -> list[_Line]:
    """Pieces of one straight line joined."""
    lines: list[_Line] = []
    for at, start, end in sorted(pieces):
        place = len(lines) - 1
        while place >= 0 and at - lines[place][0] <= _NEAR:
            other, left, right = lines[place]
            if start <= right + _NEAR and end >= left - _NEAR:
                lines[place] = (other, min(left, start), max(right, end))
                break
            place -= 1
        else:
            lines.append((at, start, end))
        if len(lines) > 4 * _MOST_LINES:
            break
    return [line for line in lines if line[2] - line[1] >= _SHORTEST]


def _connected(across: list[_Line], down: list[_Line]) -> Iterable[tuple[list[_Line], list[_Line]]]:
    """Groups of lines that touch each other."""
    parent = list(range(len(across) + len(down)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for one, (y, left, right) in enumerate(across):
        for two, (x, top, bottom) in enumerate(down):
            if left - _NEAR <= x <= right + _NEAR and top - _NEAR <= y <= bottom + _NEAR:
                parent[root(one)] = root(len(across) + two)
    groups: dict[int, tuple[list[_Line], list[_Line]]] = defaultdict(lambda: ([], []))
    for at, line in enumerate([*across, *down]):
        groups[root(at)][at >= len(across)].append(line)
    return sorted(groups.values(), key=lambda group: min((line[0] for line in group[0]), default=0.0))


@dataclass(slots=True)
class _Grid:
    ys: list[float]
    xs: list[float]
    across: list[_Line]
    down: list[_Line]

    @property
    def box(self) -> Box:
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def fill(self, words: Sequence[Word]) -> RuledTable | None:
        """The table with these words in its cells; None when it turns out to be no table."""
        owner = self._owners()
        cells: dict[tuple[int, int], list[Word]] = defaultdict(list)
        for word in words:
            row = _slot(self.ys, (word.top + word.bottom) / 2)
            column = _slot(self.xs, (word.left + word.right) / 2)
            cells[owner[row, column]].append(word)
        if any(sum(len(word.text) + 1 for word in cell) > _LONGEST_CELL for cell in cells.values()):
            return None
        used = sorted({column for (_, column), cell in cells.items() if cell})
        rows = []
        for row in range(len(self.ys) - 1):
            across = [cells.get((row, column), []) for column in used]
            whole = all(owner[row, column] == (row, 0) for column in range(len(self.xs) - 1))
            rows.append(across[:1] if whole else across)  # a title over all columns
        rows = [row for row in rows if any(row)]
        if len(used) < 2 or not rows:
            return None
        return RuledTable(self.box, rows)

    def _owners(self) -> dict[tuple[int, int], tuple[int, int]]:
        """For every cell the upper left cell it is merged with: no line is drawn between them."""
        owner: dict[tuple[int, int], tuple[int, int]] = {}
        for row, (top, bottom) in enumerate(pairwise(self.ys)):
            for column, (left, right) in enumerate(pairwise(self.xs)):
                owner[row, column] = (row, column)
                if column and not _covered(self.down, left, top, bottom):
                    owner[row, column] = owner[row, column - 1]
                elif row and not _covered(self.across, top, left, right):
                    owner[row, column] = owner[row - 1, column]
        return owner


def _grid(across: list[_Line], down: list[_Line]) -> _Grid | None:
    ys, xs = _distinct(line[0] for line in across), _distinct(line[0] for line in down)
    if len(ys) < 2 or len(xs) < 3 or (len(ys) - 1) * (len(xs) - 1) > 20_000:
        return None
    return _Grid(ys, xs, across, down)


def _distinct(values: Iterable[float]) -> list[float]:
    distinct: list[float] = []
    for value in sorted(values):
        if not distinct or value - distinct[-1] > _NEAR:
            distinct.append(value)
    return distinct


def _covered(lines: Sequence[_Line], at: float, start: float, end: float) -> bool:
    middle = (start + end) / 2
    return any(abs(line[0] - at) <= _NEAR and line[1] <= middle <= line[2] for line in lines)


def _slot(edges: Sequence[float], value: float) -> int:
    for place in range(len(edges) - 2):
        if value < edges[place + 1]:
            return place
    return len(edges) - 2


def _within(word: Word, box: Box) -> bool:
    return (
        box.left - 1 <= (word.left + word.right) / 2 <= box.right + 1
        and box.top - 1 <= (word.top + word.bottom) / 2 <= box.bottom + 1
    )
