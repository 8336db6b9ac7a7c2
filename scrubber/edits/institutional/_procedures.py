"""The shape of an inpatient procedure code."""

from datetime import date

ICD_10_PCS_START = date(2015, 10, 1)  # 45 CFR 162.1002
LENGTH = 7
LETTERS_LEFT_OUT = frozenset("IO")  # they look like digits


def is_icd_10_pcs(code: str) -> bool:
    """Tell whether the code has seven letters and digits without I and O."""
    return (
        len(code) == LENGTH
        and code.isascii()
        and code.isalnum()
        and LETTERS_LEFT_OUT.isdisjoint(code)
    )
