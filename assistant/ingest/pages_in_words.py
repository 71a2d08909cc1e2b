"""Page numbers as a reader writes them."""

from __future__ import annotations

from collections.abc import Sequence


def pages_in_words(numbers: Sequence[int]) -> str:
    """Page numbers as a reader writes them: `pagina 3`, `pagina's 1-4, 7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
    return f"pagina {shown}" if len(numbers) == 1 else f"pagina's {shown}"
