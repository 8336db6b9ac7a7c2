"""
The CSV export of the Medicare Coverage Database: articles, and the contractors that wrote them.

The tables are joined by (article id, version) and (contractor id, type, version). What a
contractor serves, and so where an article holds, stands in three small tables beside it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from scrubber.reference.article_logic import Entries, logic_of
from scrubber.reference.contractors import ContractorRow
from scrubber.reference.coverage_articles import ArticleRow
from scrubber.reference.importers.dates import compact_date
from scrubber.reference.importers.opening import OfficialFile
from scrubber.reference.importers.reading import (
    DamagedFileError,
    csv_cells,
    first_line,
    records,
)

CONTRACTOR_KIND = "contractor-jurisdiction"

_ARTICLE = ("article_id", "article_version")
_CONTRACTOR = ("contractor_id", "contractor_type_id", "contractor_version")
#: The columns by which each table is known; the first that fits is it.
_ARTICLE_TABLES = {
    "article": (*_ARTICLE, "article_eff_date", "article_end_date", "status", "display_id"),
    "procedures": (*_ARTICLE, "hcpc_code_id", "hcpc_code_group"),
    "covered": (*_ARTICLE, "icd10_code_id", "icd10_covered_group", "asterisk"),
    "paragraphs": (*_ARTICLE, "icd10_covered_group", "paragraph", "icd10_covered_ast"),
    "noncovered": (*_ARTICLE, "icd10_code_id", "icd10_noncovered_group"),
    "writers": (*_ARTICLE, *_CONTRACTOR),
}
_CONTRACTOR_TABLES = {
    "contractors": (*_CONTRACTOR, "contractor_bus_name"),
    "jurisdictions": (*_CONTRACTOR, "state_id", "active_date", "term_date"),
    "states": ("state_id", "state_abbrev", "description"),
    "types": ("contractor_type_id", "description"),
}
_ACTIVE, _RETIRED = "A", "R"
_NOT_MARKED = ("", "N", "0")
_ENTIRE = "Entire State"
_POSTAL = {"CNMI": "MP"}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Key = tuple[str, ...]
Record = Mapping[str, str]


def recognises_articles(head: bytes) -> bool:
    """Return whether the file is a table of articles."""
    return bool(_table(head, _ARTICLE_TABLES))


def recognises_contractors(head: bytes) -> bool:
    """Return whether the file is a table of contractors."""
    return bool(_table(head, _CONTRACTOR_TABLES))


def _table(head: bytes, tables: Mapping[str, Sequence[str]]) -> str:
    columns = [column.strip('" ') for column in first_line(head).split(",")]
    if tables is _CONTRACTOR_TABLES and "article_id" in columns:
        return ""
    return next((name for name, known in tables.items() if set(known) <= set(columns)), "")


class _Area(NamedTuple):
    """A state, or a part of one: `area` is `""` for the whole."""

    state: str
    area: str


class Jurisdiction(NamedTuple):
    """What one contractor serves, for which part of Medicare, and how long."""

    area: _Area
    part: str
    contractor: str
    effective: date | None
    expires: date | None


class Jurisdictions(NamedTuple):
    """All that contractors serve, and the areas of the states that are divided."""

    of: Mapping[Key, Sequence[Jurisdiction]]
    areas: Mapping[str, frozenset[str]]


def read_contractors(files: Sequence[OfficialFile]) -> list[ContractorRow]:
    """Return who serves which state; raises `DamagedFileError` when one of the tables lacks."""
    return [
        ContractorRow(one.area.state, one.part, one.contractor, one.effective, one.expires)
        for served in _jurisdictions(files).of.values()
        for one in served
    ]


def read_articles(
    files: Sequence[OfficialFile], call: Sequence[OfficialFile], entries: Entries
) -> list[ArticleRow]:
    """
    Return the articles in force, and the retired ones with their end.

    Raises `DamagedFileError` when one of the tables lacks, those of the contractors included.
    """
    tables = _by_table(files, _ARTICLE_TABLES)
    served = _jurisdictions(call)
    procedures = _lists(tables["procedures"], "hcpc_code_id", "hcpc_code_group")
    covered = _lists(tables["covered"], "icd10_code_id", "icd10_covered_group")
    noncovered = _lists(tables["noncovered"], "icd10_code_id", "icd10_noncovered_group")
    asterisked: defaultdict[Key, set[str]] = defaultdict(set)
    for _, record in _records(tables["covered"], _ARTICLE_TABLES["covered"]):
        if record["asterisk"].upper() not in _NOT_MARKED:
            asterisked[_key(record, _ARTICLE)].add(_code(record["icd10_code_id"]))
    paragraphs: defaultdict[Key, dict[str, str]] = defaultdict(dict)
    notes: defaultdict[Key, dict[str, str]] = defaultdict(dict)
    for _, record in _records(tables["paragraphs"], _ARTICLE_TABLES["paragraphs"]):
        key, group = _key(record, _ARTICLE), record["icd10_covered_group"]
        paragraphs[key][group] = record["paragraph"]
        notes[key][group] = record["icd10_covered_ast"]
    areas: defaultdict[Key, defaultdict[tuple[str, str], set[str]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for line, record in _records(tables["writers"], _ARTICLE_TABLES["writers"]):
        contractor = _key(record, _CONTRACTOR)
        if contractor not in served.of:
            raise DamagedFileError(line, f"contractor {'/'.join(contractor)} is in no jurisdiction")
        for one in served.of[contractor]:
            place = areas[_key(record, _ARTICLE)][one.area.state, one.part]
            place.add(one.area.area)
    rows = []
    for line, record in _records(tables["article"], _ARTICLE_TABLES["article"]):
        if record["status"] not in (_ACTIVE, _RETIRED):
            continue  # proposed: not yet anybody's rule
        key = _key(record, _ARTICLE)
        whole, partly = _places(areas[key], served.areas)
        logic = logic_of(record["display_id"], paragraphs[key], notes[key], entries)
        rows.append(
            ArticleRow(
                id=record["article_id"],
                display_id=record["display_id"] or f"A{record['article_id']}",
                version=record["article_version"],
                states=whole,
                procedures=[code for codes in procedures.get(key, {}).values() for code in codes],
                covered=covered.get(key, {}),
                noncovered=noncovered.get(key, {}),
                asterisked=asterisked[key],
                partly=partly,
                alternatives=logic.alternatives,
                open=logic.open,
                effective=_day(record["article_eff_date"], line),
                expires=_end(record, line),
            )
        )
    if not rows:
        raise DamagedFileError(1, "no article in the file")
    return rows


def _places(
    areas: Mapping[tuple[str, str], set[str]], divided: Mapping[str, frozenset[str]]
) -> tuple[list[str], list[str]]:
    """Return the states that are served whole, and those that are served in part."""
    whole: list[str] = []
    partly: list[str] = []
    for (state, part), named in areas.items():
        entire = "" in named or named >= divided.get(state, frozenset())
        (whole if entire else partly).append(f"{state}/{part}")
    return whole, partly


def _jurisdictions(files: Sequence[OfficialFile]) -> Jurisdictions:
    known = [file for file in files if recognises_contractors(file.head())]
    tables = _by_table(known, _CONTRACTOR_TABLES)
    states = _areas(tables["states"])
    divided: defaultdict[str, set[str]] = defaultdict(set)
    for area in states.values():
        if area.area:
            divided[area.state].add(area.area)
    parts = {
        record["contractor_type_id"]: _parts(record["description"])
        for _, record in _records(tables["types"], _CONTRACTOR_TABLES["types"])
    }
    names = {
        _key(record, _CONTRACTOR): record["contractor_bus_name"]
        for _, record in _records(tables["contractors"], _CONTRACTOR_TABLES["contractors"])
    }
    of: defaultdict[Key, list[Jurisdiction]] = defaultdict(list)
    for line, record in _records(tables["jurisdictions"], _CONTRACTOR_TABLES["jurisdictions"]):
        key = _key(record, _CONTRACTOR)
        if record["state_id"] not in states or record["contractor_type_id"] not in parts:
            raise DamagedFileError(line, "a state or contractor type that its table does not have")
        of[key].extend(
            Jurisdiction(
                states[record["state_id"]],
                part,
                names.get(key, "/".join(key)),
                _day(record["active_date"], line),
                _day(record["term_date"], line),
            )
            for part in parts[record["contractor_type_id"]]
        )
    return Jurisdictions(of, {state: frozenset(named) for state, named in divided.items()})


def _areas(file: OfficialFile) -> Mapping[str, _Area]:
    """Return each state id as a state or a part of one; parts have letters of their own."""
    found = [record for _, record in _records(file, _CONTRACTOR_TABLES["states"])]
    postal = {
        name: record["state_abbrev"]
        for record in found
        for name, _, area in [record["description"].partition(" - ")]
        if area in ("", _ENTIRE)
    }
    areas = {}
    for record in found:
        name, _, area = record["description"].partition(" - ")
        state = postal.get(name, record["state_abbrev"])
        areas[record["state_id"]] = _Area(
            _POSTAL.get(state, state), "" if area == _ENTIRE else area
        )
    return areas


def _parts(description: str) -> tuple[str, ...]:
    """Return the parts of Medicare that a type of contractor serves."""
    words = description.upper().replace("-", " ").split()
    if "DME" in words or "DMERC" in words:
        return ("DME",)
    named = [part for part in ("A", "B", "HHH") if part in words]
    former = {"FI": "A", "CARRIER": "B", "RHHI": "HHH"}
    return (*named, *(part for word, part in former.items() if word in words))


def _by_table(
    files: Sequence[OfficialFile], tables: Mapping[str, Sequence[str]]
) -> Mapping[str, OfficialFile]:
    found: dict[str, OfficialFile] = {}
    for file in files:
        # The export repeats the contractors' tables beside each of its data sets.
        found.setdefault(_table(file.head(), tables), file)
    lacking = [", ".join(columns) for name, columns in tables.items() if name not in found]
    if lacking:
        reason = f"the table with {lacking[0]} is not among the files: give the whole export"
        raise DamagedFileError(0, reason)
    return found


def _records(file: OfficialFile, columns: Sequence[str]) -> Iterator[tuple[int, Record]]:
    encoding = "utf-8-sig" if file.head().startswith(_BYTE_ORDER_MARK) else "latin-1"
    with file.open() as binary:
        yield from records(csv_cells(binary, encoding), columns)


def _lists(file: OfficialFile, code: str, group: str) -> Mapping[Key, Mapping[str, list[str]]]:
    found: defaultdict[Key, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line, record in _records(file, (*_ARTICLE, code, group)):
        if record.get("range", "").upper() not in _NOT_MARKED:
            raise DamagedFileError(line, f"{record[code]} is the end of a range, which is not read")
        found[_key(record, _ARTICLE)][record[group]].append(_code(record[code]))
    return found


def _key(record: Record, columns: Sequence[str]) -> Key:
    return tuple(record[column] for column in columns)


def _code(text: str) -> str:
    return text.upper().replace(".", "")


def _day(text: str, line: int) -> date | None:
    return compact_date(text[:10], line)


def _end(record: Record, line: int) -> date | None:
    named = ("article_end_date", "article_rev_end_date", "date_retired")
    ends = [_day(record.get(name, ""), line) for name in named]
    return min((end for end in ends if end), default=None)
