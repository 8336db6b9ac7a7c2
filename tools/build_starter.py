"""
Build the bundled snapshots from a folder of official files: `build_starter.py OFFICIAL_FILES`.

Whole tables are taken where the publisher's code set is free. Of the NCCI tables only the rows
whose codes are all HCPCS Level II: the code numbers of CPT belong to the American Medical
Association, and a user loads them from the official file.
"""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from scrubber.reference import ncci_aoc, ncci_mue, ncci_ptp
from scrubber.reference.importers.load import Choice, import_files
from scrubber.reference.importers.table import RefusedFileError
from scrubber.reference.shelf import pack_rows, starter_directory
from scrubber.reference.snapshot import (
    LEVEL_2,
    Edition,
    SnapshotInfo,
    is_level_2,
    open_snapshot,
    write_snapshot,
)

# Names inside the folder; of the yearly files the newest is enough, for its rows have dates.
DIAGNOSES = (
    "icd10cm/icd10c-tabular-*.xml.gz",
    "ioce_v27_tables/data_dx10.csv.gz",
    "ioce_v27_tables/version_range.csv",
)
PROCEDURES = ("hcpcs_level2/hcpcs_level2_20*.csv",)
PLACES = ("place_of_service/place_of_service.csv",)
BILL_TYPES = tuple(
    f"ioce_v27_tables/{name}.csv" for name in ("pbt_map", "pbt_control", "version_range")
)
NCCI = ("ncci_20*/*.csv*",)

# CMS, Place of Service Code Set: the shipped list lacks 27 (since 2023-10-01) and 66 (since
# 2024-08-01). It was read in 2024: later than that it cannot prove that a code does not exist.
PLACES_ADDED = ("27", "66")
PLACES_FIRST, PLACES_LAST = date(2024, 1, 1), date(2024, 12, 31)
PUBLIC_DOMAIN = "US government work; rows with CPT codes left out"


class _Row(NamedTuple):
    """A row of a place-of-service table, as `pack` takes it."""

    code: str


def main(official: Path, starter: Path) -> int:
    """Write the starter anew; returns how many files were refused."""
    refused = 0
    shutil.rmtree(starter, ignore_errors=True)
    with TemporaryDirectory() as scratch:
        for patterns, choice in (
            (DIAGNOSES, Choice()),
            (PROCEDURES, Choice()),
            (PLACES, Choice(effective=PLACES_FIRST, expires=PLACES_LAST)),
            (BILL_TYPES, Choice()),
            (NCCI, Choice()),
        ):
            files = sorted(path for pattern in patterns for path in official.glob(pattern))
            for result in import_files(files, Path(scratch), choice):
                if isinstance(result, RefusedFileError):
                    print(result, file=sys.stderr)
                    refused += 1
                else:
                    info = _bundle(open_snapshot(result.folder), starter)
                    print(f"{info.folder:<34} {info.rows:>9,} rows")
    return refused


def _bundle(edition: Edition, starter: Path) -> SnapshotInfo:
    info = edition.info
    if restrict := _RESTRICTED.get(info.kind):
        rows = list(dict.fromkeys(restrict(edition)))
        buffers = pack_rows(info.kind, rows)
        info = msgspec.structs.replace(info, rows=len(rows), scope=LEVEL_2, licence=PUBLIC_DOMAIN)
    elif info.kind == "place-of-service":
        codes = {*bytes(edition.buffers["codes"]).decode("ascii").split("\n"), *PLACES_ADDED}
        buffers = pack_rows(info.kind, [_Row(code) for code in sorted(codes)])
        info = msgspec.structs.replace(info, rows=len(codes))
    else:
        buffers = {name: bytes(buffer) for name, buffer in edition.buffers.items()}
    write_snapshot(starter, info, buffers)
    return info


def _pairs(edition: Edition) -> Iterator[ncci_ptp.PtpRow]:
    return (
        row
        for row in ncci_ptp.unpack(edition)
        if is_level_2(row.column1) and is_level_2(row.column2)
    )


def _limits(edition: Edition) -> Iterator[ncci_mue.MueRow]:
    return (row for row in ncci_mue.unpack(edition) if is_level_2(row.code))


def _add_ons(edition: Edition) -> Iterator[ncci_aoc.AocRow]:
    """Yield Level II add-ons; one with a CPT primary is there without it, as not answerable."""
    for row in ncci_aoc.unpack(edition):
        if not is_level_2(row.add_on):
            continue
        if is_level_2(row.primary) or row.primary == ncci_aoc.CONTRACTOR_DEFINED:
            yield row
        else:
            yield row._replace(primary="")


_RESTRICTED: dict[str, Callable[[Edition], Iterable[NamedTuple]]] = {
    "ncci-aoc": _add_ons,
    "ncci-mue-dme": _limits,
    "ncci-mue-hospital": _limits,
    "ncci-mue-practitioner": _limits,
    "ncci-ptp-hospital": _pairs,
    "ncci-ptp-practitioner": _pairs,
}


if __name__ == "__main__":
    sys.exit(1 if main(Path(sys.argv[1]), starter_directory()) else 0)
