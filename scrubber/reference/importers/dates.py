"""The dates that official files state: in a cell, in their name, or by the publisher's calendar."""

import re
from datetime import date, timedelta

from scrubber.reference.importers.reading import DamagedFileError

_DIGITS = re.compile(r"[0-9]{8}")
_MONTHS = {"jan": 1, "apr": 4, "jul": 7, "oct": 10}
_MCE_YEAR_ZERO = 1983  # version 1 was that of the fiscal year 1984
_APRIL, _JUNE, _OCTOBER = 4, 6, 10


def compact_date(text: str, line: int) -> date | None:
    """Return the day of `YYYYMMDD` (or with dashes); `None` for an empty cell."""
    digits = text.strip().replace("-", "")
    if not digits:
        return None
    if not _DIGITS.fullmatch(digits):
        raise DamagedFileError(line, f"{text!r} is not a date")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise DamagedFileError(line, f"{text!r} is not a day of the calendar") from None


def american_date(text: str, line: int) -> date | None:
    """Return the day of `MM/DD/YYYY` (or of `YYYY-MM-DD`, as workbooks give it); else as above."""
    month, slash, rest = text.strip().partition("/")
    day, _, year = rest.partition("/")
    return compact_date(f"{year}-{month:0>2}-{day:0>2}" if slash else text, line)


def month_end(day: date) -> date:
    """Return the last day of the month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def quarter_end(day: date) -> date:
    """Return the last day of the calendar quarter."""
    return month_end(date(day.year, (day.month + 2) // 3 * 3, 1))


def half_year_end(day: date) -> date:
    """Return 30 June or 31 December."""
    return date(day.year, 6, 30) if day.month <= _JUNE else date(day.year, 12, 31)


def fiscal_year_end(day: date) -> date:
    """Return the last day of the federal fiscal year, 30 September."""
    return date(day.year + (day.month >= _OCTOBER), 9, 30)


def icd_half_year_end(day: date) -> date:
    """Return the day before ICD-10-CM may next change: 31 March or 30 September."""
    if _APRIL <= day.month < _OCTOBER:
        return date(day.year, 9, 30)
    return date(day.year + (day.month >= _OCTOBER), 3, 31)


def icd_edition_named(name: str) -> date | None:
    """Return the first day of an official ICD-10 file name, as `icd10cm_order_2026.txt`."""
    words = re.split(r"[^a-z0-9]+", name.lower())
    years = [int(word) for word in words if re.fullmatch(r"20[0-9]{2}", word)]
    if not words[0].startswith(("icd10c", "icd10pcs")) or len(years) != 1:
        return None
    # A fiscal year's file begins in October; only the April update names its month.
    return date(years[0], _APRIL, 1) if "april" in words else date(years[0] - 1, _OCTOBER, 1)


def mce_version_day(version: str) -> date | None:
    """
    Return the first day of a version of the Medicare Code Editor, as `37` or `41.1`.

    Version 37 is that of the fiscal year 2020, which began on 2019-10-01; its update of April
    is 37.1.
    """
    found = re.fullmatch(r"([0-9]{2})(?:\.([01]))?", version)
    if not found:
        return None
    year = _MCE_YEAR_ZERO + int(found[1])
    return date(year, _APRIL, 1) if found[2] == "1" else date(year - 1, _OCTOBER, 1)


def poa_year_named(name: str) -> date | None:
    """Return the first day of a list named as `POAexemptCodesFY25.txt`."""
    found = re.match(r"(?i)poaexemptcodes(?:fy)?(?:20)?([0-9]{2})\b", name)
    return date(2000 + int(found[1]) - 1, _OCTOBER, 1) if found else None


def hcpcs_release_named(name: str) -> date | None:
    """Return the quarter of an official HCPCS file name, as `HCPC2026_OCT_ANWEB.csv`."""
    found = re.match(r"(?i)hcpc(20[0-9]{2})_([a-z]{3})[a-z]*_anweb", name)
    if not found:
        return None
    # Until 2019 there was one file a year, `CONTR`, in January.
    return date(int(found[1]), _MONTHS.get(found[2].lower(), 1), 1)


def quarter_named(name: str) -> date | None:
    """Return the quarter of a name that has month and year, as `2026-April-Addendum-B.csv`."""
    month = re.search(r"(?i)(jan|apr|jul|oct)[a-z]*", name)
    year = re.search(r"(?<![0-9])20[0-9]{2}(?![0-9])", name)
    return date(int(year[0]), _MONTHS[month[1].lower()], 1) if month and year else None


def nucc_release_named(name: str) -> date | None:
    """Return the half-year of an official taxonomy file name, as `nucc_taxonomy_251.csv`."""
    found = re.match(r"(?i)nucc_taxonomy_([0-9]{2})([01])\b", name)
    return date(2000 + int(found[1]), 7 if found[2] == "1" else 1, 1) if found else None
