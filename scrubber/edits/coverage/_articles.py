"""Which articles hold for a line, and which diagnoses they are asked about."""

from scrubber.claim.model import NO_ADDRESS, Claim, Line
from scrubber.edits.verdict import NoData, no_data
from scrubber.reference.coverage_articles import Article, CoverageArticleView


def articles_of(
    claim: Claim, line: Line, table: CoverageArticleView
) -> tuple[Article, ...] | NoData:
    """
    Return the articles that name the line's procedure in the state of the service.

    None for payers other than Medicare. `NoData` when an article names the procedure and the claim
    does not say in which state the service was done.
    """
    if not claim.is_medicare or not table.names(line.procedure):
        return ()
    facility, billing = claim.service_facility.address, claim.billing_provider.address
    state = (facility or NO_ADDRESS).state or (billing or NO_ADDRESS).state
    if not state:
        return no_data("coverage-articles", line.day)
    return table.articles(line.procedure, state)


def diagnoses_of(claim: Claim, line: Line) -> tuple[str, ...]:
    """Return the codes that justify a line: those it points to, all on institutional claims."""
    if claim.type == "institutional":
        return tuple(diagnosis.code for diagnosis in claim.diagnoses)
    count = len(claim.diagnoses)
    return tuple(
        claim.diagnoses[pointer - 1].code
        for pointer in line.diagnosis_pointers
        if 1 <= pointer <= count
    )
