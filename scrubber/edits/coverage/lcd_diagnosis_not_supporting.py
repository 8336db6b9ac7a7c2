"""No diagnosis of the line is on the payer's coverage list for the procedure."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.coverage._articles import (
    covered_by,
    diagnoses_of,
    notice_on,
    question_of,
    some_of,
    standing_alone,
)
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail, several
from scrubber.reference.coverage_articles import CoverageArticleView


@line_edit(
    id="lcd-diagnosis-not-supporting",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    when=("claim.is_medicare",),
    fields=(
        "lines[].procedure",
        "lines[].diagnosis_pointers",
        "diagnoses[].code",
        "lines[].service_from",
        "lines[].modifiers",
        "payers[].filing_indicator",
        "service_facility.address.state",
        "billing_provider.address.state",
    ),
    data=("coverage-articles",),
    can_bypass=True,
    status_code=("A7:255", "A7:287"),
    carc=("50",),
    source=(
        "Social Security Act 1862(a)(1)(A); Medicare Program Integrity Manual ch. 13; MCD"
        " billing and coding articles"
    ),
    checked=date(2026, 11, 24),
    message=(
        "Line {line}: none of {diagnoses} is on the covered list of article {article} for"
        " {procedure}."
    ),
    fix=(
        "Check the record for a covered condition; otherwise get the notice (ABN, GA) or "
        "send for necessity review."
    ),
)
def lcd_diagnosis_not_supporting(claim: Claim, line: Line, table: CoverageArticleView) -> Verdict:
    """
    No diagnosis of the line is on the payer's coverage list for the procedure.

    The article lists the conditions for which the service is taken as necessary. Missing the
    list does not prove the opposite, so a person reads the record; the evidence names the
    article, its group and some codes that would support the service.
    """
    articles, lacking = question_of(claim, line, table)
    if not articles:
        return lacking or PASS
    codes = diagnoses_of(claim, line)
    return several(
        (
            *lacking,
            *(
                notice_on(line)
                or fail(
                    line.at("procedure"),
                    line,
                    line=line.number,
                    diagnoses=codes,
                    article=article.display_id,
                    procedure=line.procedure,
                    group=standing_alone(article),
                    supporting=some_of(article, standing_alone(article)),
                )
                for article in articles
                if article.covered and not covered_by(article, codes)
            ),
        )
    )
