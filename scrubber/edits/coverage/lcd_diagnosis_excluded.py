"""A diagnosis of the line is on the payer's non-covered list for the procedure."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.coverage._articles import diagnoses_of, notice_on, question_of
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail, several
from scrubber.reference.coverage_articles import CoverageArticleView


@line_edit(
    id="lcd-diagnosis-excluded",
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
        "payers[].filing_indicator",
        "billing_provider.address.state",
    ),
    data=("coverage-articles",),
    can_bypass=True,
    status_code=("A7:255", "A7:287"),
    carc=("50",),
    source="MCD billing and coding articles (codes that do not support necessity)",
    checked=date(2026, 11, 24),
    message=(
        "Line {line}: diagnosis {code} is on the non-covered list of article {article} "
        "for {procedure}."
    ),
    fix="Check the record; append GA or GZ as the article says if the service stays.",
)
def lcd_diagnosis_excluded(claim: Claim, line: Line, table: CoverageArticleView) -> Verdict:
    """
    A diagnosis of the line is on the payer's non-covered list for the procedure.

    The article names conditions that do not make the service necessary. Its wildcard XX000
    stands for every code that it does not cover, which is the business of
    `lcd-diagnosis-not-supporting`. With GA, GY or GZ the line says what such an article asks for.
    """
    articles, lacking = question_of(claim, line, table)
    if not articles:
        return lacking or PASS
    codes = diagnoses_of(claim, line)
    complaints = [
        fail(
            line.at("procedure"),
            line,
            line=line.number,
            code=code,
            article=article.display_id,
            procedure=line.procedure,
            group=group,
            also_covered_in=tuple(name for name, held in article.covered.items() if code in held),
        )
        for article in articles
        for group, excluded in article.noncovered.items()
        for code in codes
        if code in excluded
    ]
    notice = notice_on(line) if complaints else None
    return several((*lacking, *((notice,) if notice else complaints)))
