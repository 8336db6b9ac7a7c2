"""NPIs as tables hold them: the check digit follows from the first nine, which fit in 28 bits."""

from scrubber.claim.npi import npi_fault

_LEAST = 100_000_000


def number_of(npi: str) -> int:
    """Return the number of an NPI, in their order; raises `ValueError` for what is none."""
    if fault := npi_fault(npi):
        message = f"{npi!r} is no NPI: {fault}"
        raise ValueError(message)
    return int(npi[:9]) - _LEAST
