"""Images of text → words with boxes, by Tesseract."""

from __future__ import annotations

import functools
import io
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from assistant.ingest.boxes import Word
from assistant.ingest.scanned import RecognisedWord

if TYPE_CHECKING:
    from PIL.Image import Image

_LANGUAGE = "nld"
_SECONDS = 120  # for one image
_PSM = "3"  # find columns and paragraphs by itself
_LEAST_CONFIDENCE = 10  # of 100; below it Tesseract saw specks, not letters


class Ocr:
    """Reads images with Tesseract, one thread for each image."""

    def __init__(self, program: str) -> None:
        self._program = program

    def words(self, image: Image, *, points: tuple[float, float]) -> list[RecognisedWord] | None:
        """The words of an image in reading order, with boxes on a page of this size in points.

        None when Tesseract fails on it, or needs more than two minutes.
        """
        table = self._run(image)
        if table is None:
            return None
        across, down = points[0] / max(image.width, 1), points[1] / max(image.height, 1)
        words: list[RecognisedWord] = []
        for row in table.split("\n")[1:]:
            fields = row.split("\t")
            if len(fields) < 12 or fields[0] != "5" or not fields[11].strip():
                continue
            confidence = float(fields[10])
            if confidence < _LEAST_CONFIDENCE:
                continue
            left, top, width, height = (float(value) for value in fields[6:10])
            word = Word(
                fields[11].strip(),
                left * across,
                top * down,
                (left + width) * across,
                (top + height) * down,
                height * down,
            )
            words.append(RecognisedWord(word, (int(fields[2]), int(fields[3]), int(fields[4])), confidence))
        return words

    def _run(self, image: Image) -> str | None:
        buffer = io.BytesIO()
        image.convert("L").save(buffer, format="PPM")
        command = [self._program, "stdin", "stdout", "-l", _LANGUAGE, "--dpi", "300", "--psm", _PSM, "tsv"]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
        _limit(process.pid)
        try:
            output, _ = process.communicate(buffer.getvalue(), timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None
        return output.decode("utf-8", "replace") if process.returncode == 0 else None


def _limit(process: int) -> None:
    """Tesseract ends by itself when the process that wanted its answer is gone."""
    if sys.platform == "linux":
        import contextlib
        import resource

        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(process, resource.RLIMIT_CPU, (_SECONDS, _SECONDS))


@functools.cache
def find() -> Ocr | None:
    """Tesseract with Dutch, when it is installed here."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    try:
        listed = subprocess.run([program, "--list-langs"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Ocr(program) if _LANGUAGE in listed.stdout.decode("utf-8", "replace").split() else None
