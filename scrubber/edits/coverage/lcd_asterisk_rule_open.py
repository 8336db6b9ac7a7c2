"""The supporting diagnosis carries an asterisk whose rule is in prose."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.coverage._articles import covered_by, diagnoses_of, notice_on, question_of
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Bypassed, Fail, NoData, Verdict, fail, several
from scrubber.reference.coverage_articles import CoverageArticleView


@line_edit(
    id="lcd-asterisk-rule-open",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].procedure", "lines[].diagnosis_pointers", "diagnoses[].code"),
    data=("coverage-articles",),
    can_bypass=True,
    carc=("50",),
    source=(
        "MCD article_x_icd10_covered.csv asterisk, article_x_icd10_covered_group.csv"
        " icd10_covered_ast"
    ),
    checked=date(2026, 11, 26),
    message=(
        "Line {line}: {code} supports {procedure} only under the asterisk note of article"
        " {article}."
    ),
    fix="Read the note and confirm the condition.",
)
def lcd_asterisk_rule_open(claim: Claim, line: Line, table: CoverageArticleView) -> Verdict:
    """
    The supporting diagnosis carries an asterisk whose rule is in prose.

    An asterisk marks codes that support the service under a further condition: another code
    beside it, an earlier treatment, a kind of visit. Where nobody entered the condition and no
    other code supports the line, a person reads the note.
    """
    articles, lacking = question_of(claim, line, table)
    if not articles:
        return lacking or PASS
    said: list[Fail | Bypassed | NoData] = list(lacking)
    for article in articles:
        if not article.asterisked or article.asterisk_is_entered:
            continue
        covered = covered_by(article, diagnoses_of(claim, line))
        if covered and article.asterisked.issuperset(covered):
            said.append(
                notice_on(line)
                or fail(
                    line.at("diagnosis_pointers"),
                    line,
                    line=line.number,
                    code=covered[0],
                    procedure=line.procedure,
                    article=article.display_id,
                )
            )
    return several(said)
