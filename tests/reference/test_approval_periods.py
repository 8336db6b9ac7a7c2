"""Approval dates of the outpatient editor's services hold from their first to their last day."""

import csv
import gzip
import io
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from scrubber.reference.importers import ioce
from scrubber.reference.importers.reading import DamagedFileError
from scrubber.reference.outpatient_codes import OutpatientSeries, OutpatientView, pack
from tests.reference.editions import FIXTURES, edition

OTHER_COLUMNS = (
    *("apc", "status_indicator", "sex", "bilateral_conditional", "bilateral_independent"),
    *("vaccine", "separate_procedure", "device_procedure", "device", "bypass_e92_modifier"),
    *("colorectal", "capc_exclusion", "lo_age", "hi_age"),
)
HEADER = f"{','.join(OTHER_COLUMNS)},hcpcs,date_approved,date_terminated,lo_version,hi_version\n"
DAY = timedelta(1)


def versions() -> ioce.Versions:
    """Return the editor's versions."""
    with (FIXTURES / "version_range.csv").open("rb") as file:
        return ioce.read_versions(file)


def series(text: str) -> OutpatientSeries:
    """Return the series of one small table, of codes for everybody."""
    table = HEADER + "".join(f"00001,N{',0' * 11},124,{row}\n" for row in text.splitlines())
    return OutpatientSeries(
        [edition(ioce.read_procedures(io.BytesIO(table.encode()), versions()), pack)]
    )


def test_an_absent_date_reads_zero_and_leaves_its_side_open() -> None:
    """A code without any date has no approval to ask for."""
    found = series("0001A,20210801,0,84,103\nG0429,0,20240814,76,103\nJ1740,0,0,76,103\n")
    view = found.as_of(date(2024, 8, 14))
    assert isinstance(view, OutpatientView)
    assert view.approval("0001A") == (date(2021, 8, 1), None)
    assert view.approval("G0429") == (None, date(2024, 8, 14))
    assert [view.has_approval(code) for code in ("0001A", "G0429", "J1740", "99999")] == [
        True,
        True,
        False,
        False,
    ]
    assert view.approval("J1740") is None
    assert view.status("J1740") == "in_force"


def test_rows_say_nothing_of_days_that_are_not_theirs() -> None:
    """Version 84 began on 1 July 2021."""
    found = series("0001A,20210801,0,84,103\n")
    views = [found.as_of(day) for day in (date(2021, 6, 30), date(2021, 7, 1))]
    assert [isinstance(view, OutpatientView) and view.approval("0001A") for view in views] == [
        None,
        (date(2021, 8, 1), None),
    ]


def test_a_date_that_is_none_is_refused() -> None:
    """By its line."""
    with pytest.raises(DamagedFileError) as caught:
        series("0001A,20211301,0,84,103\n")
    assert (caught.value.line, caught.value.reason) == (
        2,
        "'20211301' is not a day of the calendar",
    )


def test_the_official_table_is_answered_on_both_sides_of_every_date(shared_data: Path) -> None:
    """All rows with a date: their first and last days, and the days around each date."""
    folder = shared_data / "data/ioce_v27_tables"
    with (folder / "version_range.csv").open("rb") as file:
        known = ioce.read_versions(file)
    with gzip.open(folder / "data_hcpcs.csv.gz") as table:
        found = OutpatientSeries([edition(ioce.read_procedures(table, known), pack)])  # type: ignore[arg-type]
    with gzip.open(folder / "data_hcpcs.csv.gz", "rt") as text:
        rows = [row for row in csv.DictReader(text) if row["mid_quarter_date_edit"] != "0"]
    asked = outside = 0
    for row in rows:
        approved, terminated = (day_of(row[name]) for name in ("date_approved", "date_terminated"))
        first, last = days_of(row, known)
        around = {first, last}
        for edge in (approved, terminated):
            around |= {edge - DAY, edge, edge + DAY} if edge else set()
        for day in around:
            if not first <= day <= last:
                continue
            view = found.as_of(day)
            assert isinstance(view, OutpatientView)
            approval = view.approval(row["hcpcs"])
            holds = (not approved or approved <= day) and (not terminated or day <= terminated)
            assert approval is not None
            assert approval.holds(day) == holds, (row["hcpcs"], day)
            asked += 1
            outside += not holds
    assert len(rows) == 610
    assert (asked, outside) == (2077, 652)


def day_of(text: str) -> date | None:
    """Return a compact date, `None` for 0."""
    return None if text == "0" else date(int(text[:4]), int(text[4:6]), int(text[6:]))


def days_of(row: Mapping[str, str], known: ioce.Versions) -> tuple[date, date]:
    """Return the first and last day of a row; the newest version's end is a placeholder."""
    last = known.ended[int(row["hi_version"])]
    return known.started[int(row["lo_version"])], min(last, date(2026, 6, 30))
