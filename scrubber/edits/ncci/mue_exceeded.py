"""The units of a day exceed an absolute unit limit (MUE, MAI 2)."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.ncci._units import excesses
from scrubber.edits.verdict import PASS, Fail, NoData, Verdict, fail
from scrubber.reference.ncci_mue import MueView


@day_edit(
    id="mue-exceeded",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].units",
        "lines[].unit_type",
        "lines[].service_from",
        "lines[].service_to",
        "lines[].modifiers",
        "rendering_provider.npi",
        "billing_provider.npi",
        "type_of_bill",
        "payers[].filing_indicator",
        "type",
    ),
    data=("ncci-mue-practitioner", "ncci-mue-hospital", "ncci-mue-dme"),
    partial_data=True,
    status_code=("A7:476", "A7:258"),
    carc=("151",),
    source="NCCI Policy Manual ch. I section V; CMS MM8853 (MAI); MLN SE1422",
    checked=date(2026, 11, 24),
    message=(
        "{procedure} has {sum} units on {date}; the daily limit is {mue} and cannot be exceeded."
    ),
    fix="Correct the units; for a bilateral procedure use modifier 50 with one unit.",
)
def mue_exceeded(claim: Claim, lines: tuple[Line, ...], *tables: MueView | None) -> Verdict:
    """
    The units of a day exceed an absolute unit limit (MUE, MAI 2).

    MAI 2 limits are absolute: law, anatomy or the definition of the code. Splitting lines or
    adding modifiers does not raise them, and all lines of the code fall, not the excess. A line
    over several days leaves it to a person.
    """
    complaints: list[Fail | NoData] = []
    for one in excesses(claim, lines, tables, "2"):
        if isinstance(one, NoData):
            complaints.append(one)
            continue
        complaints.append(
            fail(
                one.lines[0].at("units"),
                *one.lines,
                severity=None if claim.is_medicare and not one.ranged else "review",
                procedure=one.row.code,
                sum=one.units,
                date=one.lines[0].day,
                mue=one.row.value,
            )
        )
    return tuple(complaints) or PASS
