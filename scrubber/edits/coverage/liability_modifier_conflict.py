"""The non-coverage notice modifiers contradict each other."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Severity, Verdict, fail, several

#: Each modifier, those it cannot stand beside, and a severity other than the edit's.
CONFLICTS: tuple[tuple[str, frozenset[str], Severity | None], ...] = (
    # CMS CR 6563: contractors return a line with GX and one of these.
    ("GX", frozenset(("EY", "GA", "GL", "GZ", "KB", "QL", "TQ")), None),
    ("GA", frozenset(("GZ",)), "review"),
    ("GY", frozenset(("GA", "GZ")), "warn"),
    ("KX", frozenset(("GA", "GY", "GZ")), "warn"),
)


@line_edit(
    id="liability-modifier-conflict",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].modifiers", "payers[].filing_indicator"),
    status_code=("A7:453",),
    carc=("4",),
    source=(
        "Medicare Claims Processing Manual ch. 1 section 60.4, ch. 30 section 50; CMS CR 6563"
        " (GX), CR 7228 (GZ)"
    ),
    checked=date(2026, 11, 26),
    message="Line {line}: {a} and {b} contradict each other.",
    fix=(
        "GA notice given and required, GX voluntary notice, GY never covered, GZ expected denial"
        " without notice."
    ),
    when=("claim.is_medicare",),
)
def liability_modifier_conflict(claim: Claim, line: Line) -> Verdict:
    """
    The non-coverage notice modifiers contradict each other.

    A notice was either required or voluntary, given or not. Medicare returns a voluntary notice
    (GX) beside a statement that it was required; of the other pairs contractors think differently
    by the kind of item, so they are left to a person or noted.
    """
    modifiers = line.modifiers
    if len(modifiers) < 2 or not claim.is_medicare:  # noqa: PLR2004 (a conflict takes two)
        return PASS
    return several(
        fail(line.at("modifiers"), line, severity=severity, line=line.number, a=one, b=other)
        for one, others, severity in CONFLICTS
        if one in modifiers
        for other in modifiers
        if other in others
    )
