"""The search that the pair edits share: the table proposes, the edits judge."""

from scrubber.claim.model import Claim, Line
from scrubber.edits.proposed import NOTHING, Proposed
from scrubber.edits.verdict import no_data
from scrubber.reference.ncci_ptp import PtpView

OTHER_SYSTEMS = ("ER", "IV", "WK")


def practitioner_pairs(claim: Claim, lines: tuple[Line, ...], table: PtpView) -> Proposed:
    """
    Return the pairs of one day that the practitioner table names, each column 2 line once a row.

    Lines of one rendering provider; suppliers of equipment have other rules.
    """
    if claim.is_dme:
        return NOTHING
    billed = [
        line
        for line in lines
        if line.procedure and line.units != 0 and line.qualifier not in OTHER_SYSTEMS
    ]
    codes = tuple(sorted({line.procedure for line in billed}))
    if len(codes) < 2:  # noqa: PLR2004 (a pair)
        return NOTHING
    rows = table.rows(codes)
    missing = None
    if not rows and not all(map(table.holds, codes)):
        missing = no_data("ncci-ptp-practitioner", lines[0].day)
    pairs = []
    for row in rows:
        for line in billed:
            if line.procedure == row.column2:
                other = _same_provider(billed, row.column1, line.rendering_npi)
                if other is not None:
                    pairs.append((line, other, row))
    return Proposed(pairs, missing)


def _same_provider(lines: list[Line], code: str, npi: str) -> Line | None:
    for line in lines:
        if line.procedure == code and line.rendering_npi == npi:
            return line
    return None
