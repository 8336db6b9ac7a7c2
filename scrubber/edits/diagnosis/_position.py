"""Where a diagnosis stands: first on the claim, first on a line, or behind others."""

from typing import Literal

from scrubber.claim.model import Claim, Diagnosis


def first_position(claim: Claim, diagnosis: Diagnosis) -> Literal["claim", "line", ""]:
    """Return whether the diagnosis is the claim's principal, a line's first pointer, or neither."""
    if diagnosis is claim.principal:
        return "claim"
    if claim.type == "professional":
        position = diagnosis.index + 1
        for line in claim.lines:
            if line.diagnosis_pointers[:1] == (position,):
                return "line"
    return ""
