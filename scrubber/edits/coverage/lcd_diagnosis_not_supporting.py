"""No diagnosis of the line is on the payer's coverage list for the procedure."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.coverage._articles import articles_of, diagnoses_of
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Bypassed, Fail, NoData, Verdict, bypassed, fail
from scrubber.reference.coverage_articles import CoverageArticleView

LIABILITY = ("GA", "GY", "GZ")  # the patient was told, or the service is not covered anyway
SHOWN = 5


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
    article and some codes that would support the service.
    """
    articles = articles_of(claim, line, table)
    if not articles:
        return PASS
    if isinstance(articles, NoData):
        return articles
    codes = diagnoses_of(claim, line)
    complaints: list[Fail | Bypassed] = []
    for article in articles:
        lists = article.covered.values()
        if not lists or any(code in covered for covered in lists for code in codes):
            continue
        for modifier in line.modifiers:
            if modifier in LIABILITY:
                complaints.append(bypassed(f"modifier {modifier} on line {line.number}", line))
                break
        else:
            complaints.append(
                fail(
                    line.at("procedure"),
                    line,
                    line=line.number,
                    diagnoses=codes,
                    article=article.display_id,
                    procedure=line.procedure,
                    supporting=tuple(sorted(set().union(*lists))[:SHOWN]),
                )
            )
    return tuple(complaints) or PASS
