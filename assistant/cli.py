"""The command line: a thin door. Results go to standard output, progress and errors to standard error."""

from __future__ import annotations

import argparse
import io
import json
import os
import select
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from assistant import __version__
from assistant.as_json import answer_json, build_json, document_json, hit_json
from assistant.errors import AssistantError, SettingsError
from assistant.model import Anchor, Answer, BuildReport, DocumentInfo, Filters, Question, date_span
from assistant.settings import Settings, folder, load

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from assistant.assembly import Assistant

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 1 failed, 2 wrong usage or settings, 130 interrupted."""
    _open_streams()
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help(sys.stderr)
        return WRONG_USAGE
    if options.json and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        settings = _settings(options)
        code: int = options.run(options, settings)
        sys.stdout.flush()
        return code
    except SettingsError as error:
        return _fail(str(error), WRONG_USAGE)
    except AssistantError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("stopped; what was there before is still usable", INTERRUPTED)
    except OSError as error:
        if isinstance(error, BrokenPipeError) and _reader_left():
            # The reader (`head`, a pager) has what it wanted; nothing more can be said on this pipe.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return DONE
        return _fail(_operating_system(error))
    except Exception as error:  # the last door: what nobody foresaw is told in a line as well
        if sys.flags.dev_mode:
            raise
        what = f"{type(error).__name__}: {error}".rstrip(": ")
        return _fail(
            f"{options.command} met something unforeseen ({what}); `assistant doctor` may know more, and with "
            "PYTHONDEVMODE=1 in the environment the same command shows where it happened"
        )


def _open_streams() -> None:
    """Make standard output and error usable, also when they are closed or cannot hold every character."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass  # a closed one would otherwise be taken by the first file that is opened, an index for instance
    os.close(descriptor)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _fail(message: str, code: int = FAILED) -> int:
    print(f"assistant: {_printable(message)}", file=sys.stderr)
    return code


def _reader_left() -> bool:
    """Whether standard output is a pipe that no one reads any more."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), select.POLLOUT)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def _operating_system(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}; check free space (`df -h`) and rights on that path"


# ------------------------------------------------------------------------------------------------ arguments


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(WRONG_USAGE, f"assistant: {_printable(message)}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="assistant", description="Cited answers on Dutch government policy documents.")
    parser.add_argument("--version", action="version", version=f"assistant {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    def add(name: str, run: Callable[[argparse.Namespace, Settings], int], help: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help, description=help)
        command.set_defaults(run=run)
        _common(command)
        return command

    build = add("build", _build, "read the documents and make or renew the index")
    build.add_argument(
        "--corpus", type=_folder, action="append", metavar="DIR", help="a folder of documents (repeatable)"
    )
    build.add_argument("--fresh", action="store_true", help="make everything anew instead of only what changed")

    ask = add("ask", _ask, "answer a question with exact quotes, or say that the documents do not")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("--answerer", choices=["extractive", "generative"], default="extractive")
    _filters(ask)

    search = add("search", _search, "find passages")
    search.add_argument("query", metavar="QUERY")
    search.add_argument("--limit", type=_positive, default=10, metavar="N", help="at most this many (default 10)")
    _filters(search)

    documents = add("documents", _documents, "list what is in the index, or print the text of one document")
    documents.add_argument("--id", metavar="ID", help="one document")
    documents.add_argument("--text", action="store_true", help="with --id: its normalised text, byte for byte")

    serve = add("serve", _serve, "the chat page on this machine")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=7860)

    add("doctor", _doctor, "say what is wrong with index, model or machine, and what to do about it")

    feedback = commands.add_parser("feedback", help="what users thought of answers", description="What users thought.")
    actions = feedback.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=_Parser)
    export = actions.add_parser("export", help="all of it, as lines in the form of the evals")
    export.add_argument("--out", type=Path, metavar="FILE", help="a new file (default: standard output)")
    export.add_argument("--json", action="store_true", help="one JSON document on standard output")
    export.set_defaults(run=_feedback_export, index=None)

    evaluate = commands.add_parser("eval", help="measure answers and retrieval", description="Measure.")
    kinds = evaluate.add_subparsers(dest="evaluation", metavar="KIND", required=True, parser_class=_Parser)
    run = kinds.add_parser("run", help="run a set of questions and write a report")
    run.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    run.add_argument("--out", type=Path, metavar="DIR", help="where report.json and report.html go")
    run.add_argument(
        "--gate",
        action="store_true",
        help="exit 1 when a threshold is missed (thresholds.toml beside the questions, or else in evals/)",
    )
    run.add_argument("--split", choices=["dev", "test"], help="only these questions (default: all)")
    run.add_argument(
        "--answerer",
        choices=["extractive", "generative"],
        default="extractive",
        help="who answers (default: extractive)",
    )
    run.add_argument("--sample", type=_count, metavar="N", help="only N of the questions, the same ones every time")
    run.add_argument(
        "--replies",
        type=Path,
        metavar="FILE",
        help="keep the language model's replies there and use those that are there: to stop and continue a long run, "
        "or to hold other code against the same replies",
    )
    run.set_defaults(run=_eval_run)
    _common(run)
    bench = kinds.add_parser("bench", help="measure retrieval on a folder in BEIR form")
    bench.add_argument("folder", type=Path, metavar="BEIR_DIR")
    bench.add_argument("--limit", type=_count, metavar="N", help="only the first N queries")
    bench.set_defaults(run=_eval_bench)
    _common(bench)
    compare = kinds.add_parser("compare", help="two runs of the same questions, case by case")
    compare.add_argument("first", type=Path, metavar="A", help="a report.json, or the folder it is in")
    compare.add_argument("second", type=Path, metavar="B")
    compare.add_argument("--html", type=Path, metavar="FILE", help="write the comparison as a page as well")
    compare.set_defaults(run=_eval_compare)
    _common(compare)
    return parser


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--index", type=_folder, metavar="DIR", help="the index folder (default indexes/default)")
    command.add_argument("--json", action="store_true", help="one JSON document on standard output")


def _filters(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("filters")
    group.add_argument("--type", nargs="+", action="extend", default=[], metavar="TYPE", dest="types")
    group.add_argument("--dossier", nargs="+", action="extend", default=[], metavar="NUMBER", dest="dossiers")
    group.add_argument("--publisher", nargs="+", action="extend", default=[], metavar="NAME", dest="publishers")
    group.add_argument("--since", type=_date, metavar="DATE", help="YYYY, YYYY-MM or YYYY-MM-DD")
    group.add_argument("--until", type=_date, metavar="DATE", help="inclusive")


def _folder(value: str) -> Path:
    try:
        return folder(value, where="the value")
    except SettingsError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _positive(value: str) -> int:
    if not _digits(value) or not 1 <= int(value) <= 1000:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number from 1 to 1000")
    return int(value)


def _digits(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 10


def _count(value: str) -> int:
    if not _digits(value) or int(value) < 1:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number from 1 up")
    return int(value)


def _port(value: str) -> int:
    if not _digits(value) or not 0 < int(value) < 65536:
        raise argparse.ArgumentTypeError(f"{value!r} is not a port number")
    return int(value)


def _date(value: str) -> str:
    try:
        date_span(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{value!r} is no date: {error}") from error
    return value


def _settings(options: argparse.Namespace) -> Settings:
    settings = load()
    if options.index is not None:
        settings = replace(settings, index=options.index)
    if getattr(options, "corpus", None):
        settings = replace(settings, corpus=tuple(options.corpus))
    return settings


def _question(text: str, options: argparse.Namespace) -> Question:
    filters = Filters(
        types=tuple(options.types),
        dossiers=tuple(options.dossiers),
        publishers=tuple(options.publishers),
        since=options.since,
        until=options.until,
    )
    if options.since and options.until:
        first, last = date_span(options.since), date_span(options.until)
        if first is not None and last is not None and first[0] > last[1]:
            raise SettingsError(f"--since {options.since} lies after --until {options.until}")
    return Question(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), filters)


def _assistant(settings: Settings) -> Assistant:
    from assistant.assembly import Assistant

    return Assistant(settings)


# ------------------------------------------------------------------------------------------------ commands


def _build(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.assembly import build

    with _Bars() as bars:
        report = build(settings, fresh=options.fresh, progress=bars)
    if options.json:
        _print_json(build_json(report))
    else:
        _show_report(report, settings.index, _console())
    if report.documents:
        return DONE
    where = ", ".join(str(one) for one in settings.corpus)
    return _fail(f"no document in {where} could be read, so the index is empty; put documents there and build again")


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    answer = _assistant(settings).ask(_question(options.question, options), answerer=options.answerer)
    if answer.notices:
        # What kept a language model from answering is told in full: whoever runs commands can do something about it.
        causes = [finding.problem for finding in answer.findings if not finding.statement]
        print(f"assistant: {_printable(_flat(' '.join([*answer.notices, *causes])))}", file=sys.stderr)
    if options.json:
        return _print_json(answer_json(answer))
    _show_answer(answer, _console())
    return DONE


def _search(options: argparse.Namespace, settings: Settings) -> int:
    question = _question(options.query, options)
    hits = _assistant(settings).search(question, limit=options.limit)
    if options.json:
        return _print_json({"query": question.text, "hits": [hit_json(hit) for hit in hits]})
    console = _console()
    for hit in hits:
        where = _where(hit.document, hit.passage.anchor)
        _line(console, (f"{hit.rank}.", "bold"), f" {hit.document.title}", (f" ({where})" if where else "", "dim"))
        _line(console, f"   {_flat(hit.passage.text)}\n")
    if not hits:
        _line(console, "Niets gevonden.")
    return DONE


def _documents(options: argparse.Namespace, settings: Settings) -> int:
    if options.text and options.id is None:
        raise SettingsError("--text goes with --id ID")
    assistant = _assistant(settings)
    if options.id is not None and options.text:
        sys.stdout.buffer.write(_known(assistant, options.id).text.encode("utf-8"))
        sys.stdout.buffer.flush()
        return DONE
    counts = assistant.passage_counts()
    found = list(assistant.documents())
    if options.id is not None:
        found = [_known(assistant, options.id).info]
    if options.json:
        return _print_json({"documents": [document_json(info, counts.get(info.id, 0)) for info in found]})
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    table.add_column("id", overflow="fold")  # whole, so that it can be copied
    for name in ("titel", "soort", "datum"):
        table.add_column(name)
    table.add_column("passages", justify="right")
    for info in found:
        cells = (info.id, info.title, info.type, info.date, str(counts.get(info.id, 0)))
        table.add_row(*(_text(_flat(cell)) for cell in cells))
    _console().print(table)
    return DONE


def _known(assistant: Assistant, document_id: str) -> Any:
    try:
        return assistant.document(document_id)
    except KeyError:
        raise AssistantError(
            f"there is no document {document_id!r} in the index; `assistant documents` lists them"
        ) from None


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    from assistant import web

    assistant = _assistant(settings)
    assistant.documents()  # without an index to ask there is nothing to serve, and here is the place to say so
    web.serve(assistant, host=options.host, port=options.port)
    return DONE


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.assembly import examine

    checks = examine(settings)
    if options.json:
        _print_json({"checks": [{"name": c.name, "ok": c.ok, "says": c.says, "advice": c.advice} for c in checks]})
    else:
        console = _console()
        for check in checks:
            sign = ("goed", "green") if check.ok else ("fout", "red")
            _line(console, sign, "  ", (check.name, "bold"), f": {check.says}")
            if check.advice:
                _line(console, f"      → {check.advice}")
    return DONE if all(check.ok for check in checks) else FAILED


def _feedback_export(options: argparse.Namespace, settings: Settings) -> int:
    from assistant import feedback

    if settings.feedback is None:
        raise SettingsError(
            "no feedback is kept here: ASSISTANT_FEEDBACK names the file it would be in, and it is not set"
        )
    found = list(feedback.lines(settings.feedback))
    if options.out is not None:
        _write_new(options.out, "".join(_json_line(line) for line in found))
    if options.json:
        return _print_json({"feedback": found})
    if options.out is not None:
        _line(_console(), f"{len(found)} regels in {options.out}", soft_wrap=True)
        return DONE
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # these lines are data, whatever the terminal can show
    for line in found:
        sys.stdout.write(_json_line(line))
    if not found:
        print(f"assistant: there is no feedback in {settings.feedback} yet", file=sys.stderr)
    return DONE


def _write_new(path: Path, text: str) -> None:
    """A file that was not there: in an older export someone may have filled in what to expect."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise AssistantError(f"{path} exists already and is left as it is; name a new file with --out") from None


def _eval_run(options: argparse.Namespace, settings: Settings) -> int:
    from evals import run

    return int(run.command(options, settings))


def _eval_bench(options: argparse.Namespace, settings: Settings) -> int:
    from evals import bench

    return int(bench.command(options, settings))


def _eval_compare(options: argparse.Namespace, settings: Settings) -> int:
    del settings
    from evals import compare

    return int(compare.command(options))


# ------------------------------------------------------------------------------------------------ JSON


def _json_line(data: object) -> str:
    return json.dumps(data, ensure_ascii=False) + "\n"


def _print_json(data: object) -> int:
    json.dump(data, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    return DONE


# ------------------------------------------------------------------------------------------------ for a person


def _console(*, standard_error: bool = False) -> Console:
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704  # rich calls this while it handles the error; `main` knows what to do

    return Quiet(stderr=standard_error, soft_wrap=False, emoji=False, markup=False, highlight=False)


def _printable(text: str) -> str:
    """Text of a document or a user without what would act on a terminal."""
    return "".join(character for character in text if character.isprintable() or character == "\n")


def _flat(text: str) -> str:
    return " ".join(text.split())


def _text(*parts: str | tuple[str, str]) -> Text:
    """Text in pieces, some with a style. Nothing in it is read as markup."""
    from rich.text import Text

    return Text.assemble(*(_printable(one) if isinstance(one, str) else (_printable(one[0]), one[1]) for one in parts))


def _line(console: Console, *parts: str | tuple[str, str], soft_wrap: bool | None = None) -> None:
    console.print(_text(*parts), soft_wrap=soft_wrap)


def _where(info: DocumentInfo, anchor: Anchor) -> str:
    places = (info.type, info.date, info.identifier, anchor.label)
    return ", ".join(place for place in places if place and place != info.title)


def _show_report(report: BuildReport, index: Path, console: Console) -> None:
    _line(
        console,
        (f"{report.documents} {'document' if report.documents == 1 else 'documenten'}", "bold"),
        f", {report.passages} {'passage' if report.passages == 1 else 'passages'} in {index} ({report.seconds:.1f} s, "
        f"{report.embedded_passages} passages nieuw berekend)",
    )
    changes = {
        "nieuw": report.added,
        "gewijzigd": report.changed,
        "hernoemd": report.renamed,
        "verwijderd": report.removed,
        "ongewijzigd": report.unchanged,
    }
    done = ", ".join(f"{count} {word}" for word, count in changes.items() if count)
    if done:
        _line(console, f"  {done}")
    for file in report.unreadable:
        _line(console, "  ", ("niet leesbaar", "yellow"), f" {file.path}: {file.reason}")
    for path, pages in report.needs_ocr:
        shown = ", ".join(str(page) for page in pages[:10]) + (" …" if len(pages) > 10 else "")
        _line(console, "  ", ("OCR nodig", "yellow"), f" {path}: bladzijde {shown}")


def _show_answer(answer: Answer, console: Console) -> None:
    if answer.understood_as:
        _line(console, (f"Begrepen als: {answer.understood_as}", "dim"))
    if answer.outcome == "abstained":
        # A reply to a greeting has no confidence; it withholds nothing.
        head = "Geen antwoord. " if answer.confidence is not None or answer.citations else ""
        _line(console, (head, "bold"), answer.reason or "")
    elif answer.reason:
        _line(console, (answer.reason, "yellow"))
    for statement in answer.statements:
        pieces: list[str | tuple[str, str]] = []
        at = 0
        for start, end in statement.emphasis:
            pieces += [statement.text[at:start], (statement.text[start:end], "bold")]
            at = end
        marks = "".join(f"[{number}]" for number in statement.citations)
        _line(console, *pieces, statement.text[at:], " ", (marks, "cyan"))
    if answer.citations:
        _line(console)
    if answer.citations and answer.outcome == "abstained":
        _line(console, ("Dichtstbijzijnde passages", "dim"))
    for citation in answer.citations:
        info = citation.document
        ours = " (onze samenvatting)" if info.provenance == "samenvatting" else ""
        where = ", ".join(part for part in (f"{info.title}{ours}", _where(info, citation.anchor)) if part)
        _line(console, (f"[{citation.number}]", "cyan"), f" {where}")
        _line(console, f"    “{_flat(citation.quote)}”")
        if info.url:
            _line(console, (f"    {info.url}", "dim"), soft_wrap=True)
    for suggestion in answer.suggestions:
        _line(console, (f"Probeer: {suggestion}", "dim"))


class _Bars:
    """Progress bars of a build on standard error; lines instead of bars when that is no terminal."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._console = _console(standard_error=True)
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task: Any = None

    def __enter__(self) -> _Bars:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._end_step()
        self._bars.stop()

    def begin(self, step: str, total: int) -> None:
        """A new step; a total of 0 means that nobody knows how much there is."""
        self._end_step()
        self._task = self._bars.add_task(step, total=total or None)
        if not self._console.is_terminal:
            print(f"{step} ({total})" if total else step, file=sys.stderr, flush=True)

    def _end_step(self) -> None:
        if self._task is not None:
            done = self._bars.tasks[-1].completed or 1  # also a step that counted nothing is shown as done
            self._bars.update(self._task, total=done, completed=done)

    def advance(self, done: int = 1) -> None:
        self._bars.update(self._task, advance=done)
