"""Coverage articles are found by procedure and state, as of the day."""

from datetime import date
from pathlib import Path

from scrubber.reference.coverage_articles import (
    CoverageArticleSeries,
    CoverageArticleView,
    pack,
)
from scrubber.reference.importers import mcd_articles
from tests.reference.editions import FIXTURES, edition

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)


def articles(*paths: Path) -> CoverageArticleView:
    """Return the view of the files' articles."""
    rows = []
    for path in paths:
        with path.open("rb") as file:
            assert mcd_articles.recognises(file.read(4096))
            file.seek(0)
            reading = mcd_articles.read(file, path.name)
        assert reading.effective is None
        rows += reading.rows
    series = CoverageArticleSeries([edition(reading._replace(rows=rows), pack, FIRST, LAST)])
    assert series.as_of(date(2026, 9, 30)) is None
    found = series.as_of(date(2026, 10, 5))
    assert found is not None
    return found


def test_the_state_decides_and_an_unknown_state_finds_nothing() -> None:
    """Absent state gives no article, while the procedure is still named by some."""
    view = articles(FIXTURES / "articles.json")
    assert [each.display_id for each in view.articles("G0289", "TX")] == ["A90001", "A90002"]
    assert [each.display_id for each in view.articles("G0289", "MA")] == ["A90002"]
    assert view.articles("G0289", "") == view.articles("G0289", "NE") == ()
    assert view.names("G0289")
    assert not any(map(view.names, ("G0291", "G028", "G02890", "")))


def test_codes_are_without_dots_and_the_wildcard_is_no_code() -> None:
    """XX000 means all codes that no covered list names."""
    first, second = articles(FIXTURES / "articles.json").articles("G0289", "TX")
    assert first.covered == {"1": {"I82411"}, "2": {"I10"}}
    assert first.noncovered_wildcard
    assert first.noncovered == {"1": frozenset()}
    assert first.asterisked == {"I10"}
    assert second.noncovered == {"1": {"M1711"}}
    assert not second.noncovered_wildcard
    assert second.covered == {}


def test_the_highest_version_of_an_article_is_kept() -> None:
    """Version 1 of A90001 names G0290, version 2 does not."""
    view = articles(FIXTURES / "articles.json")
    assert [each.display_id for each in view.articles("G0290", "TX")] == ["A90002"]
    assert view.articles("G0289", "TX")[0].version == "2"


def test_the_official_articles_are_read(shared_data: Path) -> None:
    """A52993 has 300 covered codes and the wildcard, A52369 a deny list alone."""
    view = articles(*sorted((shared_data / "data/mcd_articles").glob("*.json")))
    (texas,) = view.articles("93970", "TX")
    assert len(texas.covered["1"]) == 300
    assert texas.noncovered_wildcard
    assert "I82411" in texas.covered["1"]
    (massachusetts,) = view.articles("29877", "MA")
    assert massachusetts.covered == {}
    assert "M1711" in massachusetts.noncovered["1"]
