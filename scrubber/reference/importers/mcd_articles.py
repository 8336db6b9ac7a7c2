"""Billing and coding articles (Medicare Coverage Database) as JSON arrays of records."""

from collections.abc import Collection, Mapping
from typing import BinaryIO, NamedTuple

import orjson

from scrubber.reference.article_logic import Entries, logic_of
from scrubber.reference.coverage_articles import ArticleRow
from scrubber.reference.importers.reading import DamagedFileError, Reading

KIND = "coverage-articles"
ENTIRE = "Entire State"


class _Areas(NamedTuple):
    state: str
    areas: frozenset[str]


#: The states that contractors have divided, with the parts as the database names them.
AREAS = {
    "California": _Areas("CA", frozenset(("Northern", "Southern"))),
    "Missouri": _Areas("MO", frozenset(("Northeastern & Southern", "Northwestern"))),
    "New York": _Areas("NY", frozenset(("Downstate", "Queens", "Upstate"))),
}

_TEXTS = ("id", "version", "displayId")
_LISTS = ("states", "asterisked")
_GROUPS = ("codes", "covered", "noncovered")


def recognises(head: bytes) -> bool:
    """Return whether the file is an array of articles."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"[") and b'"displayId"' in head and b'"version"' in head


def read(file: BinaryIO, entries: Entries) -> Reading[ArticleRow]:
    """Return all articles; a record has a version number but no dates, and names no part."""
    try:
        records = orjson.loads(file.read().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as fault:
        raise DamagedFileError(fault.lineno, f"not JSON: {fault.msg}") from None
    if not isinstance(records, list) or not records:
        raise DamagedFileError(1, "not an array of articles")
    return Reading(
        [_article(number, each, entries) for number, each in enumerate(records, 1)], None, None
    )


def _article(number: int, record: object, entries: Entries) -> ArticleRow:
    if not isinstance(record, dict):
        raise _damaged(number, "is no object")
    for name in _TEXTS:
        if not isinstance(record.get(name), str) or not record[name]:
            raise _damaged(number, f"has no text in {name!r}")
    if not (record["version"].isascii() and record["version"].isdigit()):
        raise _damaged(number, "has a version that is no number")
    lists = {name: _codes(number, name, record.get(name)) for name in _LISTS}
    groups = {name: _groups(number, name, record.get(name)) for name in _GROUPS}
    partly = _partly(_texts(number, "regions", record.get("regions", [])))
    logic = logic_of(record["displayId"], _paragraphs(number, record), {}, entries)
    return ArticleRow(
        id=record["id"],
        display_id=record["displayId"],
        version=record["version"],
        states=[state for state in lists["states"] if state not in partly],
        procedures=tuple(code for codes in groups["codes"].values() for code in codes),
        covered=groups["covered"],
        noncovered=groups["noncovered"],
        asterisked=lists["asterisked"],
        partly=partly,
        alternatives=logic.alternatives,
        open=logic.open,
    )


def _paragraphs(number: int, record: Mapping[str, object]) -> Mapping[str, str]:
    """Return the prose of the covered groups; a record without any has no logic but its lists."""
    paragraphs = record.get("paragraphs", {})
    covered = paragraphs.get("covered", {}) if isinstance(paragraphs, dict) else None
    if not isinstance(covered, dict) or not all(isinstance(each, str) for each in covered.values()):
        raise _damaged(number, "has no texts in 'paragraphs'")
    return covered


def _partly(regions: Collection[str]) -> frozenset[str]:
    """Return the states of which the regions are a part only."""
    named: dict[str, set[str]] = {}
    for region in regions:
        name, _, area = region.partition(" - ")
        if name in AREAS:
            named.setdefault(name, set()).add(area)
    return frozenset(
        AREAS[name].state
        for name, areas in named.items()
        if ENTIRE not in areas and areas != AREAS[name].areas
    )


def _groups(number: int, name: str, value: object) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise _damaged(number, f"has no groups in {name!r}")
    return {group: _codes(number, name, codes) for group, codes in value.items()}


def _codes(number: int, name: str, value: object) -> tuple[str, ...]:
    """Return the codes in upper case and without dots."""
    return tuple(each.upper().replace(".", "") for each in _texts(number, name, value))


def _texts(number: int, name: str, value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _damaged(number, f"has no list of texts in {name!r}")
    return value


def _damaged(number: int, reason: str) -> DamagedFileError:
    return DamagedFileError(1, f"article {number} of the array {reason}")
