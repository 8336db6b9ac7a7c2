"""The National Provider Identifier's check digit."""

from functools import lru_cache

_PREFIX_SUM = 24  # CMS NPI check digit specification: 80840 before the number adds 24
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
NPI_LENGTH = 10


@lru_cache(maxsize=65536)
def npi_fault(npi: str) -> str:
    """
    Return why `npi` is not a valid NPI, or `""` when it is.

    Ten digits, the first 1 or 2, the last a Luhn digit over 80840 and the first nine
    (ISO/IEC 7812). Whether the number was ever issued is another question.
    """
    if len(npi) != NPI_LENGTH or not (npi.isascii() and npi.isdigit()):
        return "not ten digits"
    if npi[0] not in "12":
        return "it must begin with 1 or 2"
    digits = [int(digit) for digit in npi]
    total = _PREFIX_SUM + sum(_DOUBLED[digit] for digit in digits[0:9:2]) + sum(digits[1:9:2])
    expected = -total % 10
    return "" if digits[9] == expected else f"check digit should be {expected}"
