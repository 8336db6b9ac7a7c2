"""Billing and coding articles (Medicare Coverage Database) as JSON arrays of records."""

from collections.abc import Mapping
from typing import BinaryIO

import orjson

from scrubber.reference.coverage_articles import ArticleRow
from scrubber.reference.importers.reading import DamagedFileError, Reading

KIND = "coverage-articles"

_TEXTS = ("id", "version", "displayId")
_LISTS = ("states", "asterisked")
_GROUPS = ("codes", "covered", "noncovered")


def recognises(head: bytes) -> bool:
    """Return whether the file is an array of articles."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"[") and b'"displayId"' in head and b'"version"' in head


def read(file: BinaryIO, _name: str) -> Reading[ArticleRow]:
    """Return all articles; a record has a version number but no dates."""
    try:
        records = orjson.loads(file.read().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as fault:
        raise DamagedFileError(fault.lineno, f"not JSON: {fault.msg}") from None
    if not isinstance(records, list) or not records:
        raise DamagedFileError(1, "not an array of articles")
    return Reading([_article(number, each) for number, each in enumerate(records, 1)], None, None)


def _article(number: int, record: object) -> ArticleRow:
    if not isinstance(record, dict):
        raise _damaged(number, "is no object")
    for name in _TEXTS:
        if not isinstance(record.get(name), str) or not record[name]:
            raise _damaged(number, f"has no text in {name!r}")
    if not (record["version"].isascii() and record["version"].isdigit()):
        raise _damaged(number, "has a version that is no number")
    lists = {name: _codes(number, name, record.get(name)) for name in _LISTS}
    groups = {name: _groups(number, name, record.get(name)) for name in _GROUPS}
    return ArticleRow(
        id=record["id"],
        display_id=record["displayId"],
        version=record["version"],
        states=lists["states"],
        procedures=tuple(code for codes in groups["codes"].values() for code in codes),
        covered=groups["covered"],
        noncovered=groups["noncovered"],
        asterisked=lists["asterisked"],
    )


def _groups(number: int, name: str, value: object) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise _damaged(number, f"has no groups in {name!r}")
    return {group: _codes(number, name, codes) for group, codes in value.items()}


def _codes(number: int, name: str, value: object) -> tuple[str, ...]:
    """Return the codes in upper case and without dots."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _damaged(number, f"has no list of texts in {name!r}")
    return tuple(each.upper().replace(".", "") for each in value)


def _damaged(number: int, reason: str) -> DamagedFileError:
    return DamagedFileError(1, f"article {number} of the array {reason}")
