"""What is known of a document: given in front matter or a sidecar, or read from the document itself.

Given beats found, and nothing is guessed: a date, number or publisher that stands nowhere stays unknown. While a
document is being parsed every unknown field of its `DocumentInfo` is ""; `complete` fills those that may not be empty.
"""

from __future__ import annotations

import datetime
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from assistant.errors import UnreadableDocument
from assistant.model import BlockKind, Document, DocumentInfo, date_span
from assistant.text import clean

KEYS = "id title type publisher date identifier dossier url language provenance supersedes".split()
PROVENANCES = ("origineel", "samenvatting")
SIDECAR_ENDING = ".meta.toml"
_LARGEST = 64 * 1024  # bytes of front matter or sidecar; real ones are below 2 kB
_LONGEST_VALUE = 1000
_LONGEST_TITLE = 160
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
# It makes no dates or numbers: "2023-07" and 2023 stay as they were written. The one in C is five times as fast.
_LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
_MONTHS = "januari februari maart april mei juni juli augustus september oktober november december".split()


class Given(NamedTuple):
    """What front matter or a sidecar says, and remarks about it for the reader."""

    values: Mapping[str, Any]
    notes: tuple[str, ...] = ()


NOTHING_GIVEN = Given({})


# ------------------------------------------------------------------------------------------------ given


def sidecar_of(path: Path) -> Path:
    """Where the sidecar of a file is, whether or not it exists."""
    return path.with_name(path.name + SIDECAR_ENDING)


def read_sidecar(path: Path, *, document: str) -> Given:
    """What the sidecar `NAME.meta.toml` of a file says; nothing when there is none.

    Raises:
        UnreadableDocument: it cannot be read, is no TOML, or a value is not allowed; names the key.
    """
    sidecar = sidecar_of(path)
    if not sidecar.is_file():
        return NOTHING_GIVEN
    try:
        with sidecar.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise UnreadableDocument(document, f"{sidecar.name} is groter dan {_LARGEST // 1024} kB")
        table = tomllib.loads(data.decode("utf-8-sig"))
    except OSError as error:
        raise UnreadableDocument(document, f"{sidecar.name} kan niet worden geopend: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableDocument(document, f"{sidecar.name} is geen geldige TOML: {error}") from error
    return _checked(table, document=document, source=sidecar.name)


def split_front_matter(text: str, *, document: str) -> tuple[Given, str]:
    """The front matter of a Markdown text and the text after it.

    Raises:
        UnreadableDocument: the front matter is no YAML, or a value is not allowed; names the key.
    """
    found = _FRONT_MATTER.match(text)
    if found is None or len(found[1]) > _LARGEST:
        return NOTHING_GIVEN, text
    try:
        table = yaml.load(found[1], Loader=_LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" (regel {mark.line + 2})" if mark is not None else ""
        raise UnreadableDocument(document, f"de front matter is geen geldige YAML{place}") from error
    if not isinstance(table, dict):
        return NOTHING_GIVEN, text  # a line between two rules, not front matter
    return _checked(table, document=document, source="de front matter"), text[found.end() :]


def has_front_matter(text: str) -> bool:
    """Whether a text begins like front matter; what it says is not checked."""
    found = _FRONT_MATTER.match(text)
    return found is not None and re.search(r"^[A-Za-z_]+\s*:", found[1], re.MULTILINE) is not None


def _checked(table: Mapping[Any, Any], *, document: str, source: str) -> Given:
    values: dict[str, Any] = {}
    unknown = []
    for key, value in table.items():
        if key not in KEYS:
            unknown.append(str(key)[:40])
            continue
        try:
            checked = _check(key, value)
        except ValueError as error:
            raise UnreadableDocument(document, f"{source}: {key} {error}") from error
        if checked:
            values[key] = checked
    notes = [f"{source}: onbekende sleutels overgeslagen: {', '.join(unknown)}"] if unknown else []
    return Given(values, tuple(notes))


def _check(key: str, value: Any) -> str | tuple[str, ...]:
    if key == "supersedes":
        items = value if isinstance(value, list) else [value] if value else []
        return tuple(text for item in items if (text := _text(item)))
    text = _text(value)
    if not text:
        return ""
    if key == "date":
        try:
            date_span(text)
        except ValueError as error:
            raise ValueError(f"is geen datum in de vorm JJJJ, JJJJ-MM of JJJJ-MM-DD: {text[:40]!r}") from error
    if key == "url" and not re.match(r"https?://\S+\Z", text):
        raise ValueError(f"is geen adres dat met http:// of https:// begint: {text[:80]!r}")
    if key == "language" and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        raise ValueError(f"is geen taalcode zoals nl of en: {text[:40]!r}")
    if key == "provenance" and text not in PROVENANCES:
        raise ValueError(f"is {' of '.join(PROVENANCES)}, niet {text[:40]!r}")
    if key == "id" and not text.isprintable():
        raise ValueError("bevat onzichtbare tekens")
    return text


def _text(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        if value is None:
            return ""
        raise ValueError("is geen tekst")
    text = " ".join(clean(str(value)).split())
    if len(text) > _LONGEST_VALUE:
        raise ValueError(f"is langer dan {_LONGEST_VALUE} tekens")
    return "" if text in ("~", "null") else text


# ------------------------------------------------------------------------------------------------ found


def unknown_info(path: str) -> DocumentInfo:
    """A `DocumentInfo` of which only the path is known."""
    return DocumentInfo(id="", title="", language="", provenance="", path=path)


def fill(info: DocumentInfo, **found: str) -> DocumentInfo:
    """Fields that are still unknown get what was found; a found value that is not allowed is left out."""
    missing: dict[str, Any] = {}
    for key, value in found.items():
        if getattr(info, key):
            continue
        try:
            checked = _check(key, value[:_LONGEST_VALUE])
        except ValueError:
            continue  # a page that calls "binnenkort" a date or "/x" an address says nothing about either
        if checked:
            missing[key] = checked
    return replace(info, **missing) if missing else info


_OFFICIAL = re.compile(
    r"(?<![A-Za-z0-9])(?P<id>(?:kst|blg|stcrt|stb|trb|gmb|prb|wsb|bgr|ah-tk|ah-ek|kv-tk|h-tk|h-ek|nds-tk|ek)-\d[0-9A-Za-z()-]*"
    r"|BWB[RVW]\d{7}|CVDR\d+(?:_\d+)?|ECLI:[A-Z]{2}:[A-Z]+:\d{4}:[A-Z0-9.]+)"
)
_KINDS = {
    "kst": "Kamerstuk",
    "blg": "bijlage",
    "stcrt": "Staatscourant",
    "stb": "Staatsblad",
    "trb": "Tractatenblad",
    "gmb": "Gemeenteblad",
    "prb": "Provinciaal blad",
    "wsb": "Waterschapsblad",
    "bgr": "Blad gemeenschappelijke regeling",
    "ah": "Kamervragen",
    "kv": "Kamervragen",
    "h": "Handelingen",
}


def official_identifier(text: str) -> str:
    """The first official number in a text (an address, a file name): kst-36200-XV-96, stcrt-2023-17605, BWBR0045754."""
    found = _OFFICIAL.search(text)
    return found["id"].rstrip("-") if found else ""


def from_identifier(info: DocumentInfo) -> DocumentInfo:
    """What an official number itself says: dossier, kind of publication and address."""
    identifier = info.identifier
    if official_identifier(identifier) != identifier or not identifier:
        return info
    kind = identifier.split("-")[0]
    if kind in _KINDS:
        dossier = re.fullmatch(r"kst-(\d+(?:-[A-Z0-9()]+)?)-[0-9A-Z]+", identifier)
        return fill(
            info,
            type=_KINDS[kind],
            dossier=dossier[1] if dossier else "",
            url=f"https://zoek.officielebekendmakingen.nl/{identifier}.html",
        )
    if identifier.startswith("BWB"):
        return fill(
            info, url=f"https://wetten.overheid.nl/{identifier}" + (f"/{info.date}" if len(info.date) == 10 else "")
        )
    if identifier.startswith("CVDR"):
        return fill(info, url=f"https://lokaleregelgeving.overheid.nl/{identifier.replace('_', '/')}")
    if identifier.startswith("ECLI:"):
        return fill(info, url=f"https://deeplink.rechtspraak.nl/uitspraak?id={identifier}")
    return info


_TYPE_SCHEMES = ("OVERHEIDop.KamerstukTypen", "OVERHEIDop.Rubriek", "OVERHEIDop.Parlementair", "")
_SAME_TYPE = {"brief regering": "Kamerbrief", "officiële publicatie": ""}  # official word -> the word of this corpus


def from_official_pairs(info: DocumentInfo, pairs: Iterable[tuple[str, str, str]]) -> DocumentInfo:
    """What (name, scheme, content) metadata of official publications say, as XML and HTML both carry them.

    The names are those of OWMS and OVERHEIDop (DC.title, DCTERMS.issued, OVERHEIDop.dossiernummer); others are ignored.
    """
    first: dict[str, str] = {}
    types: dict[str, str] = {}
    for name, scheme, content in pairs:
        content = content.strip()
        key = name.strip().lower().replace("dcterms.", "dc.")
        if not content:
            continue
        if key == "dc.type":
            types.setdefault(scheme, content)
        else:
            first.setdefault(key, content)
    kind = next((types[scheme] for scheme in _TYPE_SCHEMES if scheme in types), "")
    identifier = first.get("dc.identifier", "")
    record = official_identifier(first.get("overheidop.externmetadatarecord", ""))
    date = next((first[key] for key in ("dc.issued", "dc.date", "dc.available") if key in first), "")
    return fill(
        info,
        identifier=identifier or record,
        title=shorten(first.get("overheidop.documenttitel") or first.get("dc.title", "")),
        type=_SAME_TYPE.get(kind.lower(), kind),
        publisher=first.get("dc.creator") or first.get("dc.publisher", ""),
        date=date[:10],
        dossier=first.get("overheidop.dossiernummer", "").split(";")[0],
        language=first.get("dc.language", "")[:2],
    )


_DAY = rf"(?P<day>[0-3]?\d)\s+(?P<month>{'|'.join(_MONTHS)})\s+(?P<year>(?:19|20)\d\d)"
_DIGITS = r"(?P<day>[0-3]?\d)[-./](?P<month>[01]?\d)[-./](?P<year>(?:19|20)\d\d)"
_DATE_LINES = [
    re.compile(rf"(?:^|\n|\|)\s*Datum(?:\s+brief)?[\s:|]+{day}\b", re.IGNORECASE) for day in (_DAY, _DIGITS)
] + [re.compile(rf"(?:^|\n)(?:'s-|’s-)?[A-Z][\w-]*(?:\s[A-Z][\w-]*){{0,2}},\s*{_DAY}\b")]
_SUBJECT = re.compile(r"(?:^|\n)\s*(?:Betreft|Onderwerp)(?:\s*[:|]\s*|\s+)(?P<subject>[^\n]{4,300})")
_FIRST_PAGE = 4000  # characters in which a letter has its date and subject


def letter_date(text: str) -> str:
    """The date a letter or memo gives itself: `Datum 7 juli 2023`, `Datum: 07-07-2023`, `Den Haag, 7 juli 2023`."""
    for pattern in _DATE_LINES:
        found = pattern.search(text, 0, _FIRST_PAGE)
        if found:
            month = found["month"].lower()
            number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
            date = f"{found['year']}-{number:02}-{int(found['day']):02}"
            try:
                date_span(date)
            except ValueError:
                continue  # 31 februari
            return date
    return ""


def complete(document: Document, *, given: Given) -> Document:
    """The document with every field filled that can be: from its own text, its official number, its path."""
    text = document.text
    info = document.info
    info = fill(info, identifier=official_identifier(_stem(info.path)))
    info = fill(info, date=letter_date(text))
    info = fill(from_identifier(info), title=_title(document), id=info.identifier or slug(info.path))
    info = replace(info, language=(info.language or "nl").lower()[:2], provenance=info.provenance or "origineel")
    return replace(document, info=info, notes=tuple(dict.fromkeys((*given.notes, *document.notes))))


def _title(document: Document) -> str:
    subject = _SUBJECT.search(document.text, 0, _FIRST_PAGE)
    headings = [block for block in document.blocks if block.kind is BlockKind.HEADING]
    top = min((block.level for block in headings), default=0)
    title = ""
    if subject:
        title = subject["subject"]
    elif headings:
        first = next(block for block in headings if block.level == top)
        title = document.text[first.start : first.end]
    elif document.blocks:
        title = document.text[document.blocks[0].start : document.blocks[0].end].removeprefix("• ")
    return shorten(title) or _stem(document.info.path) or document.info.path


def shorten(title: str) -> str:
    """A title on one line, cut at a word when it is very long."""
    title = " ".join(title.split())
    if len(title) <= _LONGEST_TITLE:
        return title
    return title[:_LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def slug(path: str) -> str:
    """An id made of a relative path: letters and digits without accents, joined by hyphens; the ending counts too."""
    folded = unicodedata.normalize("NFKD", path).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-") or "document"
