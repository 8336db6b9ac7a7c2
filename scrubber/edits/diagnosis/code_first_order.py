"""A code that must follow another condition stands first or alone."""

from datetime import date

from scrubber.claim.model import Claim, Diagnosis
from scrubber.edits.diagnosis._scope import coded_together
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data, several
from scrubber.reference.diagnosis_codes import DiagnosisView
from scrubber.reference.tabular_list import Named, TabularList

MOST_SHOWN = 8


@claim_edit(
    id="code-first-order",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=("diagnoses[].code", "diagnoses[].role"),
    data=("icd-10-cm",),
    source="ICD-10-CM Guidelines I.A.13, I.B.7",
    checked=date(2026, 11, 26),
    message="Diagnosis {code} should follow one of {named}.",
    fix="Put the underlying condition first.",
)
def code_first_order(claim: Claim, codes: DiagnosisView) -> Verdict:
    """
    A code that must follow another condition stands first or alone.

    A condition that a "code first" note names and that is on the claim stands before the code.
    Where none is on the claim, it depends on the note: an underlying condition is always there,
    of mere examples another one may stand before, and "if applicable" asks for nothing.

    Not checked here: a manifestation that stands first while nothing that it may follow is on
    the claim (`manifestation-as-principal`).
    """
    if not claim.diagnoses:
        return PASS
    notes = codes.tabular
    if notes is None:
        return no_data("icd-10-cm", codes.day)
    complaints = []
    for one in claim.diagnoses:
        rule = notes.code_first(one.code)
        if rule is not None and (missing := _missing(claim, one, rule, codes, notes)):
            complaints.append(
                fail(one.at("code"), code=one.code, named=missing, edition=notes.version)
            )
    return several(complaints)


def _missing(
    claim: Claim, one: Diagnosis, rule: Named, codes: DiagnosisView, notes: TabularList
) -> tuple[str, ...]:
    """Return the codes of which one should stand before the diagnosis, or nothing."""
    ordered = sorted(coded_together(claim), key=lambda each: each is not claim.principal)
    if one not in ordered:
        return ()
    place = ordered.index(one)
    named = [not rule.beginnings.isdisjoint(notes.beginnings(each.code)) for each in ordered]
    if any(named[:place]):
        return ()
    after = tuple(each.code for each, is_named in zip(ordered, named, strict=True) if is_named)
    if after:
        return after
    manifestation = codes.manifestation(one.code) is True
    if place == 0 and manifestation:
        return ()
    absence = rule.absence
    wrong = (
        absence == "wrong"
        or (absence == "another" and place == 0)
        or (absence == "wrong_of_manifestation" and manifestation)
    )
    return rule.printed[:MOST_SHOWN] if wrong else ()
