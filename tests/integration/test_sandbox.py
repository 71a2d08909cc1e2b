"""Files are parsed in processes of their own: what hangs, dies or eats memory costs itself and nothing else."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from assistant.errors import UnreadableDocument
from assistant.ingest.sandbox import Allowance, ParserPool
from assistant.model import Document
from tests.made_pdf import MadePage, made_pdf

linux = pytest.mark.skipif(sys.platform != "linux", reason="limits of a process are kept by Linux only")


def parsed(pool: ParserPool, *paths: Path) -> list[Document | UnreadableDocument]:
    return [result for _, result in pool.parse((path, path.parent) for path in paths)]


def long_pdf(pages: int) -> bytes:
    line = "de gemeente vraagt de uitkering aan voor een plan met de wijk "
    return made_pdf(*(MadePage().lines(60, 60, *[line] * 55) for _ in range(pages)))


def test_results_come_in_order_and_a_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    good, bad, text = tmp_path / "a.pdf", tmp_path / "b.pdf", tmp_path / "c.txt"
    good.write_bytes(made_pdf(MadePage().text(70, 100, "De Agenda loopt tot eind 2025.")))
    bad.write_bytes(b"%PDF-1.4 kapot")
    text.write_text("Een gewone tekst.", encoding="utf-8")
    with ParserPool(workers=2) as pool:
        first, second, third = parsed(pool, good, bad, text)
    assert isinstance(first, Document)
    assert first.text == "De Agenda loopt tot eind 2025."
    assert isinstance(second, UnreadableDocument)
    assert (second.path, "beschadigd" in second.reason) == ("b.pdf", True)
    assert isinstance(third, Document)


@linux
def test_a_pdf_gets_time_by_its_number_of_pages_and_no_more(tmp_path: Path) -> None:
    long, short = tmp_path / "long.pdf", tmp_path / "short.pdf"
    long.write_bytes(long_pdf(900))
    short.write_bytes(long_pdf(1))
    with ParserPool(timeout_seconds=2, seconds_per_page=0) as pool:
        ended, fine = parsed(pool, long, short)
    assert isinstance(ended, UnreadableDocument)
    assert "te lang voor het aantal pagina's" in ended.reason
    assert isinstance(fine, Document)


def test_the_allowance_grows_with_the_pages_up_to_two_hours() -> None:
    allowance = Allowance(seconds=60, seconds_per_page=20)
    assert allowance.for_pages(0, ocr=True) == 60
    assert allowance.for_pages(10, ocr=True) == 260
    assert allowance.for_pages(10, ocr=False) == 65
    assert allowance.for_pages(20_000, ocr=True) == 7200


@linux
@pytest.mark.slow
def test_a_file_that_needs_more_memory_than_allowed_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    large, small = tmp_path / "large.txt", tmp_path / "small.txt"
    large.write_text("De gemeente vraagt de uitkering aan.\n\n" * 500_000, encoding="utf-8")
    small.write_text("Een gewone tekst.", encoding="utf-8")
    with ParserPool(memory_bytes=350 * 2**20) as pool:
        refused, fine = parsed(pool, large, small)
    assert isinstance(refused, UnreadableDocument)
    assert "geheugen" in refused.reason
    assert isinstance(fine, Document)


@linux
def test_a_worker_that_is_killed_loses_its_file_only(tmp_path: Path) -> None:
    long, short = tmp_path / "long.pdf", tmp_path / "short.pdf"
    long.write_bytes(long_pdf(900))
    short.write_bytes(long_pdf(1))
    with ParserPool() as pool:
        results = pool.parse([(long, tmp_path), (short, tmp_path)])
        killed: list[int] = []

        def kill() -> None:
            for _ in range(200):
                time.sleep(0.1)
                for process in _descendants():
                    if _seconds_of(process) > 1.0:
                        os.kill(process, signal.SIGKILL)
                        killed.append(process)
                        return

        thread = threading.Thread(target=kill)
        thread.start()
        (_, ended), (_, fine) = list(results)
        thread.join()
    assert killed
    assert isinstance(ended, UnreadableDocument)
    assert "afgebroken" in ended.reason
    assert isinstance(fine, Document)


def _descendants() -> list[int]:
    """The processes that came from this one, its grandchildren too."""
    return [process.pid for process in psutil.Process().children(recursive=True)]


def _seconds_of(process: int) -> float:
    """Processor time of a process so far."""
    try:
        times = psutil.Process(process).cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
def test_the_memory_limit_leaves_room_for_tesseract(tmp_path: Path) -> None:
    from tests.integration.test_ocr import scan_of

    path = tmp_path / "scan.pdf"
    path.write_bytes(made_pdf(MadePage().picture(scan_of("De Agenda loopt tot eind 2025."))))
    with ParserPool() as pool:
        (result,) = parsed(pool, path)
    assert isinstance(result, Document)
    assert "Agenda loopt tot eind 2025" in result.text
