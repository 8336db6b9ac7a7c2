"""Months and federal working days, against the days that OPM published."""

from datetime import date

import pytest

from scrubber.claim.calendar import add_months, federal_holidays, next_working_day


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2020, "0101 0120 0217 0525 0703 0907 1012 1111 1126 1225"),
        (2021, "0101 0118 0215 0531 0618 0705 0906 1011 1111 1125 1224 1231"),
        (2022, "0117 0221 0530 0620 0704 0905 1010 1111 1124 1226"),
        (2023, "0102 0116 0220 0529 0619 0704 0904 1009 1110 1123 1225"),
        (2024, "0101 0115 0219 0527 0619 0704 0902 1014 1111 1128 1225"),
    ],
)
def test_the_holidays_are_those_observed(year: int, days: str) -> None:
    """Saturdays move to Friday, Sundays to Monday, New Year's Day into the old year."""
    expected = {date(year, int(day[:2]), int(day[2:])) for day in days.split()}
    assert federal_holidays(year) == expected


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        (date(2024, 8, 5), date(2024, 8, 5)),
        (date(2024, 8, 3), date(2024, 8, 5)),
        (date(2024, 8, 31), date(2024, 9, 3)),
        (date(2021, 12, 31), date(2022, 1, 3)),
    ],
)
def test_a_deadline_moves_to_the_next_working_day(day: date, moved: date) -> None:
    """Over a weekend, over Labor Day, over the year's end."""
    assert next_working_day(day) == moved


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2023, 8, 5), 12, date(2024, 8, 5)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
    ],
)
def test_months_end_where_the_month_does(day: date, months: int, later: date) -> None:
    """A year after a leap day is the last of February."""
    assert add_months(day, months) == later
