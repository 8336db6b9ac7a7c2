"""The diagnoses span many body systems."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import Params, claim_edit
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail

#: The last category of each ICD-10-CM chapter that begins or ends within a letter.
SPLIT = {"D": ("D49", "C", "D"), "H": ("H59", "eye", "ear")}
#: Letters that share a chapter.
TOGETHER = {"A": "A", "B": "A", "C": "C", "S": "S", "T": "S"}
#: Symptoms, external causes, factors: no body systems.
NOT_COUNTED = frozenset("RVWXYZ")


class Systems(Params):
    """How many chapters a claim may span."""

    professional: int = 4
    """On professional claims."""
    institutional: int = 6
    """On institutional claims."""


def _chapter(code: str) -> str:
    """Return the chapter of a code, by a name of its own."""
    letter = code[0]
    if letter in SPLIT:
        last, first_half, second_half = SPLIT[letter]
        return first_half if code[:3] <= last else second_half
    return TOGETHER.get(letter, letter)


def _set_by_software(claim: Claim) -> bool:
    """Tell whether software alone set one of the diagnoses."""
    return any(
        one.origin == "ai" and one.target.startswith("/diagnoses/") for one in claim.coding.codes
    )


@claim_edit(
    id="ai-multi-system-diagnoses",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    when=("claim.is_ai_coded",),
    fields=("diagnoses[].code", "coding.codes[].origin", "coding.codes[].target", "type"),
    can_bypass=True,
    params=Systems(),
    source="Mission (complex cases go to people, multi-system diagnoses)",
    checked=date(2026, 11, 26),
    message=(
        "The diagnoses span {count} body systems; a coder should check sequencing and completeness."
    ),
    fix="Review principal diagnosis, sequencing and combination codes.",
)
def ai_multi_system_diagnoses(claim: Claim, params: Systems) -> Verdict:
    """
    The diagnoses span many body systems.

    Sequencing and combination codes are hardest where many systems are ill. Each chapter of
    ICD-10-CM is one, but for symptoms, external causes and factors of health. Where a person
    set, accepted or changed every diagnosis, somebody has looked.
    """
    limit = params.professional if claim.type == "professional" else params.institutional
    diagnoses = claim.diagnoses
    if not claim.is_ai_coded or len(diagnoses) <= limit:
        return PASS
    chapters = {
        _chapter(one.code)
        for one in diagnoses
        if one.code and one.code[0] not in NOT_COUNTED and one.code_system in ("", "ICD-10-CM")
    }
    if len(chapters) <= limit:
        return PASS
    if not _set_by_software(claim):
        return bypassed("a person set or confirmed every diagnosis")
    return fail("/diagnoses", count=len(chapters))
