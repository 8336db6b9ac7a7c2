"""Identifiers, people and practices; names are evidently made up, numbers only look real."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, TypeVar

Json = dict[str, Any]
Item = TypeVar("Item")

_LAST_NAMES = ("SAMPLE", "TESTER", "EXAMPLE", "SPECIMEN", "FIXTURE", "DUMMY", "PLACEHOLDER")
_FIRST_NAMES = ("PAT", "ALEX", "ROBIN", "CASEY", "JAMIE", "TAYLOR", "MORGAN", "DREW", "JORDAN")
_STREETS = ("OAK ST", "ELM ST", "MAIN ST", "PINE AVE", "RIVER RD", "HILL RD", "LAKE DR")
_TOWNS = (
    ("OMAHA", "NE", "68102"),
    ("BOISE", "ID", "83702"),
    ("MACON", "GA", "31201"),
    ("DAYTON", "OH", "45402"),
    ("TULSA", "OK", "74103"),
    ("MOBILE", "AL", "36602"),
    ("SALEM", "OR", "97301"),
    ("TOPEKA", "KS", "66603"),
    ("PEORIA", "IL", "61602"),
    ("DULUTH", "MN", "55802"),
    ("RENO", "NV", "89501"),
    ("TUCSON", "AZ", "85701"),
)
_MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY"
_MBI_SHAPE = (
    "123456789",
    _MBI_LETTERS,
    _MBI_LETTERS + "0123456789",
    "0123456789",
    _MBI_LETTERS,
    _MBI_LETTERS + "0123456789",
    "0123456789",
    _MBI_LETTERS,
    _MBI_LETTERS,
    "0123456789",
    "0123456789",
)


def pick(rng: Random, items: Sequence[Item]) -> Item:
    """One of `items`; `Random.choice` costs twice as much."""
    return items[int(rng.random() * len(items))]


def npi(rng: Random) -> str:
    """A valid NPI: ten digits, first 1 or 2, last the Luhn digit over 80840 and the first nine."""
    first_nine = str(100_000_000 + int(rng.random() * 200_000_000))
    total = 24  # what the prefix 80840 adds
    for place, digit in enumerate(first_nine):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004  # Luhn: sum of both digits
    return first_nine + str(-total % 10)


def mbi(rng: Random) -> str:
    """A Medicare number in CMS's format; it has no check digit."""
    return "".join([letters[int(rng.random() * len(letters))] for letters in _MBI_SHAPE])


def address(rng: Random, *, nine_digits: bool) -> Json:
    """An address in a real town, ZIP+4 for providers."""
    city, state, zip_code = pick(rng, _TOWNS)
    if nine_digits:
        zip_code += str(1000 + int(rng.random() * 8000))
    line1 = f"{100 + int(rng.random() * 900)} {pick(rng, _STREETS)}"
    return {"line1": line1, "city": city, "state": state, "zip": zip_code}


def person(rng: Random) -> Json:
    """The name of a person who does not exist."""
    return {"last_name": pick(rng, _LAST_NAMES), "first_name": pick(rng, _FIRST_NAMES)}


def member(rng: Random, served: date, *, senior: bool) -> Json:
    """A person of Medicare's age (66 to 91) or of working age (20 to 63) on the day served."""
    age = 66 + int(rng.random() * 26) if senior else 20 + int(rng.random() * 44)
    born = date.fromordinal(served.toordinal() - age * 366 - int(rng.random() * 300))
    return {
        **person(rng),
        "birth_date": born.isoformat(),
        "sex": "F" if rng.random() < 0.54 else "M",  # noqa: PLR2004  # the claims' usual share
        "address": address(rng, nine_digits=False),
    }


@dataclass(frozen=True, slots=True)
class Practice:
    """A billing provider with its people; `fee_level` is in percent of the listed charges."""

    name: str
    npi: str
    tax_id: str
    address: Json
    clinicians: tuple[Json, ...]
    clia_number: str
    fee_level: int

    def billing(self, taxonomy: str) -> Json:
        """The billing provider of one claim."""
        return {
            "npi": self.npi,
            "taxonomy": taxonomy,
            "tax_id": self.tax_id,
            "tax_id_type": "EI",
            "organization_name": self.name,
            "address": dict(self.address),
        }

    def facility(self) -> Json:
        """The service facility of one claim."""
        return {
            "npi": self.npi,
            "organization_name": self.name,
            "address": dict(self.address),
        }

    def clinician(self, rng: Random) -> Json:
        """One of the people, as a provider of a claim."""
        return dict(pick(rng, self.clinicians))


def practices(rng: Random, name: str, count: int) -> tuple[Practice, ...]:
    """So many practices called `name` and a number."""
    return tuple(
        Practice(
            name=f"{name} {number}",
            npi=npi(rng),
            tax_id=str(100_000_001 + int(rng.random() * 800_000_000)),
            address=address(rng, nine_digits=True),
            clinicians=tuple({"npi": npi(rng), **person(rng)} for _ in range(6)),
            clia_number=f"{10 + int(rng.random() * 80)}D{1_000_000 + int(rng.random() * 9e6)}",
            fee_level=90 + int(rng.random() * 60),
        )
        for number in range(1, count + 1)
    )
