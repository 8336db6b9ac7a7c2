"""The article needs two diagnoses together and only one is given."""

from collections.abc import Iterator
from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.coverage._articles import (
    covered_by,
    diagnoses_of,
    logic_not_entered,
    notice_on,
    question_of,
    some_of,
)
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Bypassed, Fail, NoData, Verdict, fail, several
from scrubber.reference.coverage_articles import Article, CoverageArticleView


def _said_of(
    line: Line, article: Article, codes: tuple[str, ...]
) -> Iterator[Fail | Bypassed | NoData]:
    covered = covered_by(article, codes)
    if not covered:
        return  # the business of lcd-diagnosis-not-supporting
    if article.open:
        yield logic_not_entered(article, line.day)
        return
    given = {
        group
        for groups in article.alternatives
        for group in groups
        if not article.group(group).isdisjoint(covered)
    }
    joined = {group for groups in article.alternatives for group in groups}
    alone = [group for group in article.covered if group not in joined]
    if any(given.issuperset(groups) for groups in article.alternatives) or any(
        not article.covered[group].isdisjoint(covered) for group in alone
    ):
        return
    begun = min(
        (groups for groups in article.alternatives if not given.isdisjoint(groups)),
        key=lambda groups: len(set(groups) - given),
    )
    missing = next(group for group in begun if group not in given)
    yield notice_on(line) or fail(
        line.at("diagnosis_pointers"),
        line,
        line=line.number,
        article=article.display_id,
        a=next(group for group in begun if group in given),
        b=missing,
        procedure=line.procedure,
        supporting=some_of(article, (missing,)),
    )


@line_edit(
    id="lcd-diagnosis-combination-required",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].diagnosis_pointers",
        "diagnoses[].code",
        "lines[].service_from",
    ),
    data=("coverage-articles",),
    can_bypass=True,
    status_code=("A7:255", "A7:287"),
    carc=("50",),
    source="MCD article covered group paragraphs",
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: article {article} wants a code of group {a} together with one of group {b}."
    ),
    fix="Add the second condition if the record shows it.",
)
def lcd_diagnosis_combination_required(
    claim: Claim, line: Line, table: CoverageArticleView
) -> Verdict:
    """
    The article needs two diagnoses together and only one is given.

    That groups of codes belong together stands only in an article's prose; its tables look like
    plain lists. What was entered of the prose, with the words located, is judged. Prose of that
    kind that nobody entered leaves the answer open, and names the article and the place.
    """
    articles, lacking = question_of(claim, line, table)
    if not articles:
        return lacking or PASS
    joining = [article for article in articles if article.alternatives or article.open]
    if not joining:
        return lacking or PASS
    codes = diagnoses_of(claim, line)
    return several(
        (*lacking, *(said for article in joining for said in _said_of(line, article, codes)))
    )
