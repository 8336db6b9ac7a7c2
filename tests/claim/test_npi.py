"""The NPI's check digit, against another formulation of the Luhn sum."""

from hypothesis import given
from hypothesis import strategies as st

from scrubber.claim.npi import npi_fault


def valid(npi: str) -> bool:
    """Return the rule as ISO/IEC 7812 has it: from the right, every second digit doubled."""
    if len(npi) != 10 or not all(digit in "0123456789" for digit in npi) or npi[0] not in "12":
        return False
    total = 0
    for place, digit in enumerate(reversed("80840" + npi)):
        value = int(digit) * (2 if place % 2 else 1)
        total += sum(map(int, str(value)))
    return total % 10 == 0


@given(st.from_regex(r"[0-3][0-9]{9}", fullmatch=True))
def test_ten_digits_are_judged_alike(npi: str) -> None:
    """Both say the same of any ten digits."""
    assert (npi_fault(npi) == "") is valid(npi)


@given(st.text(max_size=12))
def test_any_text_is_judged_alike(npi: str) -> None:
    """Other scripts, lengths and signs are no NPI."""
    assert (npi_fault(npi) == "") is valid(npi)


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True))
def test_exactly_one_last_digit_fits_and_the_fault_names_it(start: str) -> None:
    """The message says which digit it should be."""
    right = [digit for digit in "0123456789" if npi_fault(start + digit) == ""]
    assert len(right) == 1
    wrong = start + str((int(right[0]) + 1) % 10)
    assert npi_fault(wrong) == f"check digit should be {right[0]}"
