"""A text value holds characters that cannot travel in an 837."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.structure._texts import parts, whole_text
from scrubber.edits.verdict import PASS, Severity, Verdict, fail, several

CONTROLS = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
# X12.6: the extended set adds lower case and the accented letters of western European names.
PRINTABLE = frozenset(map(chr, range(0x20, 0x7F)))
ACCENTED = frozenset(filter(str.isalpha, map(chr, range(0xC0, 0x100))))
X12_SETS = PRINTABLE | ACCENTED


class Writer(Params):
    """What the writer of the 837 cannot change."""

    delimiters: str = ""
    """Its separators; with them, what is outside the sets rejects too."""


@claim_edit(
    id="character-set-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "patient_control_number",
        "billing_provider",
        "patient",
        "payers",
        "lines[].description",
    ),
    params=Writer(),
    status_code=("A7:511",),
    source="X12.5/X12.6 character sets; 837 TR3 appendix B.1.1.2",
    checked=date(2026, 11, 26),
    message="Field {pointer} contains the character U+{codepoint}, which cannot be sent.",
    fix="Replace the character (for example write the name without the tilde or accent).",
)
def character_set_invalid(claim: Claim, params: Writer) -> Verdict:
    """
    A text value holds characters that cannot travel in an 837.

    Control characters cannot be sent at all. A writer may transliterate letters outside the X12
    sets, and choose separators that the texts do not hold: those are notes, unless the payer's
    pack fixes the separators.
    """
    separators = params.delimiters
    if claim.is_plain and not separators:
        return PASS
    whole = whole_text(claim)
    if whole.isascii() and whole.isprintable() and not (separators and _holds(whole, separators)):
        return PASS
    sendable = X12_SETS - frozenset(separators)
    complaints = []
    for part in parts(claim):
        for field, value in zip(part.fields, part.values, strict=True):
            for character in sorted(set(value) - sendable):
                pointer = f"{part.at}/{field}"
                severity: Severity | None = None if character in CONTROLS or separators else "warn"
                codepoint = f"{ord(character):04X}"
                complaints.append(
                    fail(pointer, severity=severity, pointer=pointer, codepoint=codepoint)
                )
    return several(complaints)


def _holds(text: str, separators: str) -> bool:
    return any(separator in text for separator in separators)
