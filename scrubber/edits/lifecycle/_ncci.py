"""Whether the NCCI pair edits have the say on two lines, so that a weaker edit is silent."""

from scrubber.claim.model import Line
from scrubber.reference.ncci_ptp import PtpView


def reports(table: PtpView | None, line: Line, other: Line) -> bool:
    """Tell whether the table has a row for the two codes on the day."""
    if table is None or line.procedure == other.procedure:
        return False
    return bool(table.rows(tuple(sorted((line.procedure, other.procedure)))))
