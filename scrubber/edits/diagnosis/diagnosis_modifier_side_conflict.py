"""The side of the diagnosis contradicts the side of the procedure."""

from datetime import date

from scrubber.claim.model import Claim, Diagnosis, Line
from scrubber.edits.diagnosis._scope import coded_together
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.diagnosis_codes import DiagnosisView

#: Side, fingers, toes, eyelids, coronary arteries.
RIGHT = frozenset(
    ("RT", "F5", "F6", "F7", "F8", "F9", "T5", "T6", "T7", "T8", "T9", "E3", "E4", "RC")
)
LEFT = frozenset(
    ("LT", "FA", "F1", "F2", "F3", "F4", "TA", "T1", "T2", "T3", "T4", "E1", "E2", "LC", "LD", "LM")
)  # fmt: skip


@line_edit(
    id="diagnosis-modifier-side-conflict",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=("lines[].modifiers", "lines[].diagnosis_pointers", "diagnoses[].code"),
    data=("icd-10-cm",),
    carc=("11",),
    source="ICD-10-CM Guidelines I.B.13; payer laterality policies",
    checked=date(2026, 11, 26),
    message="Line {line} says {side} by modifier, its diagnoses say {other_side}.",
    fix="Correct the modifier or the diagnosis from the record.",
    when=("line.modifiers",),
)
def diagnosis_modifier_side_conflict(claim: Claim, line: Line, codes: DiagnosisView) -> Verdict:
    """
    The side of the diagnosis contradicts the side of the procedure.

    It does so only when all diagnoses of the line name the other side: one of the same side, of
    both or of none can be what was treated.
    """
    if not line.modifiers or RIGHT.isdisjoint(line.modifiers) == LEFT.isdisjoint(line.modifiers):
        return PASS
    notes = codes.tabular
    if notes is None:
        return no_data("icd-10-cm", codes.day)
    side, other = ("left", "right") if RIGHT.isdisjoint(line.modifiers) else ("right", "left")
    diagnoses = _of_line(claim, line)
    if not diagnoses or any(notes.side(one.code) != other for one in diagnoses):
        return PASS
    return fail(line.at("modifiers"), line, line=line.number, side=side, other_side=other)


def _of_line(claim: Claim, line: Line) -> list[Diagnosis]:
    """Return the diagnoses that the line points to; lines of institutional claims have all."""
    if claim.type == "institutional":
        return coded_together(claim)
    count = len(claim.diagnoses)
    return [claim.diagnoses[at - 1] for at in line.diagnosis_pointers if 1 <= at <= count]
