"""Ranges of code numbers, and the test whether a code is in one, which costs a look-up."""

from collections.abc import Callable
from functools import lru_cache

CodeRange = tuple[str, str]


def among(ranges: tuple[CodeRange, ...]) -> Callable[[str], bool]:
    """
    Return the test whether a code is in one of the ranges; it remembers what it was asked.

    Codes of another form are in between only by their spelling: 0012T is not in 00100 to 01999.
    """
    ordered = [(_order(first), _order(last)) for first, last in ranges]

    @lru_cache(maxsize=16384)
    def test(code: str) -> bool:
        place = _order(code)
        return any(first <= place <= last for first, last in ordered)

    return test


def _order(code: str) -> tuple[int, bool, str]:
    """Return what orders codes within their form: length, a letter at the end, then the text."""
    ends_in_letter = code[-1:].isalpha()
    return len(code), ends_in_letter, code[-1:] + code[:-1] if ends_in_letter else code
