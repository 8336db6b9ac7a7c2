"""A vaccine and its administration do not come together."""

from collections.abc import Callable
from datetime import date
from functools import cached_property

from scrubber.claim.model import Claim, Line
from scrubber.edits.code_ranges import CodeRange, among
from scrubber.edits.edit import Params, day_edit
from scrubber.edits.verdict import PASS, Fail, Verdict, bypassed, fail, no_data

FIRST_DOSES = frozenset(("90460", "90471", "90473", "90480", "G0008", "G0009", "G0010"))
LATER_DOSES = frozenset(("90461", "90472", "90474"))
#: COVID-19 vaccines had an administration for each product and dose.
OWN_ADMINISTRATION = among((("0001A", "0174A"),))


class Vaccines(Params):
    """Which codes are vaccines, and who supplies them."""

    vaccines: tuple[CodeRange, ...] = (
        ("90476", "90479"),
        ("90481", "90759"),
        ("91300", "91322"),
        ("Q2034", "Q2039"),
    )
    """First and last code of each range; without any the edit has no data."""
    supplied_free: bool = False
    """A program supplies the vaccines: administrations stand alone."""

    @cached_property
    def is_vaccine(self) -> Callable[[str], bool]:
        """The test whether a code is a vaccine."""
        return among(self.vaccines)


def _unpaired(line: Line, missing: str) -> Fail:
    at = line.at("procedure")
    return fail(at, line, procedure=line.procedure, date=line.day, missing=missing)


@day_edit(
    id="vaccine-administration-unpaired",
    severity="warn",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=("lines[].procedure", "lines[].service_from", "payers[].payer_id"),
    can_bypass=True,
    params=Vaccines(),
    source="Medicare Claims Processing Manual ch. 18 section 10; payer billing guides",
    checked=date(2026, 11, 26),
    message="{procedure} on {date} has no matching {missing}.",
    fix="Add the missing line, or leave it when the vaccine was supplied free.",
)
def vaccine_administration_unpaired(
    _claim: Claim, lines: tuple[Line, ...], params: Vaccines
) -> Verdict:
    """
    A vaccine and its administration do not come together.

    A vaccine and giving it are two lines of one day. Where a program supplies the vaccine there is
    the second alone, and a later dose of a visit leaves its first to another line. Some programs
    want one of the two lines only; their pack turns the edit off.
    """
    if not params.vaccines:
        return no_data("vaccine-codes", lines[0].day)
    given = product = None
    is_vaccine = params.is_vaccine
    for line in lines:
        code = line.procedure
        if code in FIRST_DOSES:
            given = given or line
        elif is_vaccine(code):
            product = product or line
    if given and not product:
        if params.supplied_free:
            return bypassed("the vaccine is supplied free of charge", given)
        return _unpaired(given, "vaccine")
    if product and not given:
        codes = [line.procedure for line in lines]
        if any(OWN_ADMINISTRATION(code) and not is_vaccine(code) for code in codes):
            return PASS
        if not LATER_DOSES.isdisjoint(codes):
            return bypassed("a later dose of the visit", product)
        return _unpaired(product, "administration")
    return PASS
