"""The day on which a quarterly file takes effect, as its text or its official name states it."""

import re
from datetime import date, datetime

from scrubber.reference.importers.dates import quarter_end

# "Effective July 1, 2026", as in a preamble.
_PROSE = re.compile(r"(?i)\beffective:?\s+([a-z]+ [0-9]{1,2}, ?20[0-9]{2})")
# "Eff_07-01-2026", "2024-07-01", "V2026Q3", "ccipra-v322r0".
_AMERICAN = re.compile(r"(?<![0-9])([0-9]{2})[-_]([0-9]{2})[-_](20[0-9]{2})(?![0-9])")
_ISO = re.compile(r"(?<![0-9])(20[0-9]{2})-([0-9]{2})-([0-9]{2})(?![0-9])")
_QUARTER = re.compile(r"(?i)(20[0-9]{2})[-_]?q([1-4])(?![0-9])")
_NCCI_VERSION = re.compile(r"(?i)v([0-9]{2})([0-3])r[0-9](?![0-9])")
# NCCI version 30.0 took effect on 2024-01-01, 30.1 on 2024-04-01, and so on.
_NCCI_YEAR_ZERO = 1994


def stated_quarter(name: str, preamble: str) -> date | None:
    """
    Return the first day of the quarter that a file is for; `None` when nothing states it.

    A day inside a quarter is the day of publication, and the file is for the next quarter.
    """
    day = _in_prose(preamble) or _in_name(name)
    if day is None or (day.day == 1 and day.month % 3 == 1):
        return day
    return date.fromordinal(quarter_end(day).toordinal() + 1)


def _in_prose(text: str) -> date | None:
    found = _PROSE.search(text)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1].replace(", ", ","), "%B %d,%Y").date()  # noqa: DTZ007
    except ValueError:  # words in the place of a month
        return None


def _in_name(name: str) -> date | None:
    try:
        if found := _ISO.search(name):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _AMERICAN.search(name):
            return date(int(found[3]), int(found[1]), int(found[2]))
    except ValueError:  # digits that are no day of the calendar
        return None
    if found := _QUARTER.search(name):
        return date(int(found[1]), int(found[2]) * 3 - 2, 1)
    if found := _NCCI_VERSION.search(name):
        return date(_NCCI_YEAR_ZERO + int(found[1]), int(found[2]) * 3 + 1, 1)
    return None
