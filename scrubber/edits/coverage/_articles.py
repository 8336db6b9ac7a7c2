"""Which articles hold for a line, which diagnoses they are asked about, and what would support."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from scrubber.claim.model import Claim, Line
from scrubber.edits.coverage._jurisdiction import deciding_address, part_of_medicare
from scrubber.edits.verdict import Bypassed, NoData, bypassed, no_data
from scrubber.reference.coverage_articles import Article, CoverageArticleView

LIABILITY = ("GA", "GY", "GZ")  # the patient was told, or the service is not covered anyway
SHOWN = 5


class Question(NamedTuple):
    """The articles that a line is held against, and why others are not known."""

    articles: tuple[Article, ...]
    lacking: tuple[NoData, ...]


NONE_ASKED = Question((), ())


def question_of(claim: Claim, line: Line, table: CoverageArticleView) -> Question:
    """
    Return the articles that name the line's procedure where the service was done.

    None for payers other than Medicare. Something lacks when an article names the procedure and
    the claim does not say where the service was done, when only a part of the state is the
    article's, or when the article's version of the day is not loaded.
    """
    if not claim.is_medicare or not table.names(line.procedure):
        return NONE_ASKED
    state = deciding_address(claim).state
    if not state:
        return Question((), (no_data("contractor", line.day),))
    found = table.find(line.procedure, state, part_of_medicare(claim))
    lacking: list[NoData] = []
    if found.of_another_place:
        lacking.append(no_data("contractor", line.day))
    if found.of_another_time:
        lacking.append(no_data("coverage-articles", line.day))
    return Question(found.articles, tuple(lacking))


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


def notice_on(line: Line) -> Bypassed | None:
    """Return what the line says of a notice, or of a denial that is expected anyway."""
    for modifier in LIABILITY:
        if modifier in line.modifiers:
            return bypassed(f"modifier {modifier} on line {line.number}", line)
    return None


def covered_by(article: Article, codes: Iterable[str]) -> tuple[str, ...]:
    """Return those of the codes that a covered list of the article holds."""
    lists = article.covered.values()
    return tuple(code for code in codes if any(code in covered for covered in lists))


def standing_alone(article: Article) -> tuple[str, ...]:
    """Return the covered groups of which one code is enough, as far as any is."""
    alone = tuple(groups[0] for groups in article.alternatives if len(groups) == 1)
    return alone or tuple(article.covered)


def some_of(article: Article, groups: Iterable[str]) -> tuple[str, ...]:
    """Return a few codes of the groups; those without a condition of their own, if there are."""
    codes = {code for group in groups for code in article.group(group)}
    return tuple(sorted(codes - article.asterisked or codes)[:SHOWN])


def logic_not_entered(article: Article, day: date) -> NoData:
    """Return that prose of the article joins its groups, and where, but nobody entered how."""
    places = ",".join(article.open).replace(" ", "-")
    return no_data(f"coverage-logic:{article.display_id}#{places}", day)
