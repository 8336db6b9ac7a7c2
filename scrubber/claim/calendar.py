"""Calendar arithmetic: months, and the federal working days that deadlines move to."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

SATURDAY, SUNDAY, MONDAY, THURSDAY = 5, 6, 0, 3
JUNETEENTH_SINCE = 2021  # Public Law 117-17


def add_months(day: date, months: int) -> date:
    """Return the same day of the month so many months on, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def completed_years(born: date, day: date) -> int:
    """Return the age on the day; who was born on 29 February turns on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def next_working_day(day: date) -> date:
    """Return the day, or the first day after it that is no weekend and no federal holiday."""
    while day.weekday() >= SATURDAY or day in federal_holidays(day.year):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=64)
def federal_holidays(year: int) -> frozenset[date]:
    """
    Return the days of a year on which federal holidays are observed (5 U.S.C. 6103).

    A holiday on a Saturday is observed on the Friday before, one on a Sunday on the Monday after.
    """
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    if year >= JUNETEENTH_SINCE:
        fixed.append(date(year, 6, 19))
    observed = {_observed(day) for day in (*fixed, date(year + 1, 1, 1))}
    observed |= {
        _weekday_of(year, 1, MONDAY, 3),
        _weekday_of(year, 2, MONDAY, 3),
        _weekday_of(year, 9, MONDAY, 1),
        _weekday_of(year, 10, MONDAY, 2),
        _weekday_of(year, 11, THURSDAY, 4),
        date(year, 5, 31) - timedelta(days=date(year, 5, 31).weekday()),
    }
    return frozenset(day for day in observed if day.year == year)


def _observed(day: date) -> date:
    if day.weekday() == SATURDAY:
        return day - timedelta(days=1)
    return day + timedelta(days=1) if day.weekday() == SUNDAY else day


def _weekday_of(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
