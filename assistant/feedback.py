"""Thumbs with a reason: kept in SQLite where an operator has asked for it, and given back as lines for the evals.

What is kept is what was asked, within which filters, what was answered, and what the user thought of it. Who asked is
not: no name, no address, no session.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import secrets
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, get_args

from assistant.errors import AssistantError
from assistant.model import NO_FILTERS, Filters
from assistant.text import clean

Verdict = Literal["up", "down"]
Reason = Literal["fout", "onvolledig", "verkeerde bron", "onduidelijk"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
REASONS: tuple[Reason, ...] = get_args(Reason)
LONGEST_COMMENT = 2_000  # characters

_SCHEMA = 1
_TABLE = """
    CREATE TABLE feedback (
        id TEXT PRIMARY KEY, created TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT, comment TEXT NOT NULL,
        question TEXT NOT NULL, turns TEXT NOT NULL, filters TEXT NOT NULL, answer TEXT NOT NULL
    ) WITHOUT ROWID
"""
_COLUMNS = "id, created, verdict, reason, comment, question, turns, filters, answer"
_BUSY_SECONDS = 5.0
_MOST_PAGES = 262_144  # of 4 KiB: 1 GiB, so that nobody fills the disk by clicking


class FeedbackUnavailable(AssistantError):
    """Feedback cannot be stored or read: no room, no rights, or the file is something else. The message says which."""


class Feedback:
    """The file of an operator with what users thought of answers. Safe for several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(
        self,
        verdict: Verdict,
        *,
        question: str,
        answer: Mapping[str, object],
        reason: Reason | None = None,
        comment: str = "",
        turns: Sequence[str] = (),
        filters: Filters = NO_FILTERS,
        created: datetime.datetime | None = None,
        replaces: str | None = None,
    ) -> str:
        """Keep what a user thought of an answer; gives the id of the entry.

        Args:
            answer: in JSON as the contract writes it (`as_json.answer_json`).
            turns: the earlier questions of the conversation, oldest first, for one that leans on them.
            created: with a time zone; now when not given.
            replaces: the id of an earlier entry on the same answer, when a user says more about it.

        Raises:
            ValueError: another verdict or reason, a reason for a thumb up, or a comment of more than 2,000 characters.
            FeedbackUnavailable: it cannot be stored.
        """
        if verdict not in VERDICTS:
            raise ValueError(f"the verdict is one of {', '.join(VERDICTS)}, not {verdict!r}")
        if reason is not None and (reason not in REASONS or verdict == "up"):
            raise ValueError(f"a reason goes with `down` and is one of {', '.join(REASONS)}, not {reason!r}")
        if len(comment) > LONGEST_COMMENT:
            raise ValueError(f"a comment has at most {LONGEST_COMMENT} characters, not {len(comment)}")
        when = (created or datetime.datetime.now(datetime.UTC)).astimezone(datetime.UTC)
        id = replaces or _new_id()
        entry = (
            id,
            when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            *(verdict, reason, clean(comment).strip(), clean(question)),
            *(json.dumps(one) for one in ([clean(turn) for turn in turns], asdict(filters), answer)),
        )
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO feedback VALUES (?,?,?,?,?,?,?,?,?)", entry)
        return id

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction of its own connection: nothing is shared between threads, or with a process that forked."""
        with _explained(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if not self._path.exists():
                self._path.touch(mode=0o600)  # questions are nobody else's business
            with closing(_connect(self._path, "rw")) as connection:
                _is_new(connection, self._path)  # what is something else is not touched
                _keep_a_log(connection)
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute(f"PRAGMA max_page_count = {_MOST_PAGES}")
                connection.execute("BEGIN IMMEDIATE")
                if _is_new(connection, self._path):
                    connection.execute(_TABLE)
                    connection.execute(f"PRAGMA user_version = {_SCHEMA}")
                yield connection
                connection.execute("COMMIT")


def lines(path: Path) -> Iterator[dict[str, object]]:
    """Every entry in the form of `evals/questions/`, oldest first; none when nobody has said anything yet.

    A line is a proposal for a case that a person finishes: `answerable` is null, which `evals.cases` refuses by name, so
    that nothing counts that nobody has judged. Who has looked it up sets it to true and fills in `facts` and `sources`,
    or sets it to false. `theme` and `kind` are first guesses. The id is new and its own for ever; it is drawn such that
    its digest puts it in `dev`, as the digest of every id decides. What the user said, what was answered with which
    sources and within which filters stand in `note`.

    Raises:
        FeedbackUnavailable: the file cannot be read or is something else.
    """
    if not path.exists():
        return
    with _explained(path), closing(_connect(path, "ro")) as connection:
        if _is_new(connection, path):
            return
        for row in connection.execute(f"SELECT {_COLUMNS} FROM feedback ORDER BY created, id"):
            yield _line(*row)


def _line(
    id: str,
    created: str,
    verdict: str,
    reason: str | None,
    comment: str,
    question: str,
    turns: str,
    filters: str,
    answer: str,
) -> dict[str, object]:
    earlier = json.loads(turns)
    return {
        "id": id,
        "split": "dev",
        "theme": "overig",
        "kind": "follow_up" if earlier else "plain",
        "question": question,
        **({"turns": earlier} if earlier else {}),
        "answerable": None,
        "facts": [],
        "sources": [],
        "note": _note(created, verdict, reason, comment, json.loads(filters), json.loads(answer)),
    }


def _note(
    created: str, verdict: str, reason: str | None, comment: str, filters: Mapping[str, Any], answer: Mapping[str, Any]
) -> str:
    """What was said, and of what: `thumb down (verkeerde bron) on 2026-11-25: "..."; answered: ...; cited: a, b`."""
    said = f"thumb {verdict}{f' ({reason})' if reason else ''} on {created[:10]}" + (
        f': "{comment}"' if comment else ""
    )
    told = " ".join(one["text"] for one in answer.get("statements", ())) or answer.get("reason") or ""
    cited = dict.fromkeys(citation["document_id"] for citation in answer.get("citations", ()))
    chosen = [
        f"{name} {value if isinstance(value, str) else ', '.join(value)}" for name, value in filters.items() if value
    ]
    parts = [
        said,
        f"{answer.get('outcome', 'answered')}: {told}",
        f"understood as: {answer['understood_as']}" if answer.get("understood_as") else "",
        f"cited: {', '.join(cited)}" if cited else "",
        f"within: {'; '.join(chosen)}" if chosen else "",
    ]
    return "; ".join(part for part in parts if part)


def _new_id() -> str:
    """An id that no entry has, in the dev split: the first hex digit of its digest is even (evals/questions/README.md)."""
    while True:
        id = f"fb-{secrets.token_hex(6)}"
        if int(hashlib.sha256(id.encode()).hexdigest()[0], 16) % 2 == 0:
            return id


# ------------------------------------------------------------------------------------------------ the file


def _connect(path: Path, mode: Literal["rw", "ro"]) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,  # transactions are begun and ended here, in words
    )


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log, which lets others read meanwhile. Of two that do so at once SQLite refuses one."""
    give_up = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(0.01)


def _is_new(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether a file has nothing in it yet. Raises FeedbackUnavailable when it holds something else."""
    # in one statement: between two another program may have made the table
    looked = "SELECT (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_master)"
    ((version, tables),) = connection.execute(looked).fetchall()
    if version > _SCHEMA:
        raise FeedbackUnavailable(
            f"{path} was written by a newer version of this program (form {version}, this one knows {_SCHEMA}); "
            "use that version, or name another file in ASSISTANT_FEEDBACK"
        )
    if version == 0 and tables:
        raise FeedbackUnavailable(
            f"{path} is a database of something else and is left alone; name another file in ASSISTANT_FEEDBACK"
        )
    return bool(version == 0)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        said = str(error).lower()
        if "full" in said or "no space" in said:
            what = "there is no room left; free some, or set this file aside and begin a new one"
        elif "readonly" in said or "read-only" in said or "denied" in said or "unable to open" in said:
            what = "it may not be written or read here; give this program rights on the file and its folder"
        elif "locked" in said:
            what = f"another program kept it busy for {_BUSY_SECONDS:.0f} seconds; try again"
        elif "not a database" in said or "malformed" in said:
            what = "it is no file of feedback, or it is damaged; set it aside and begin a new one"
        else:
            what = "look at the file and its folder"
        raise FeedbackUnavailable(f"feedback in {path} is not to be had ({error}): {what}") from error
