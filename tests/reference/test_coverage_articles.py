"""Coverage articles are found by procedure and state, as of the day."""

import io
from datetime import date
from pathlib import Path

import orjson
import pytest

from scrubber.reference.article_logic import entries_of
from scrubber.reference.coverage_articles import (
    Article,
    CoverageArticleSeries,
    CoverageArticleView,
    pack,
)
from scrubber.reference.importers import mcd_articles
from scrubber.reference.importers.reading import DamagedFileError
from tests.reference.editions import FIXTURES, edition

ENTRIES = entries_of(())
FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)


def articles(*paths: Path) -> CoverageArticleView:
    """Return the view of the files' articles."""
    rows = []
    for path in paths:
        with path.open("rb") as file:
            assert mcd_articles.recognises(file.read(4096))
            file.seek(0)
            reading = mcd_articles.read(file, ENTRIES)
        assert reading.effective is None
        rows += reading.rows
    series = CoverageArticleSeries([edition(reading._replace(rows=rows), pack, FIRST, LAST)])
    assert series.as_of(date(2026, 9, 30)) is None
    view = series.as_of(date(2026, 10, 5))
    assert view is not None
    return view


def found(view: CoverageArticleView, procedure: str, state: str) -> tuple[Article, ...]:
    """Return the articles that hold for a physician's service."""
    return view.find(procedure, state, "B").articles


def test_the_state_decides_and_an_unknown_state_finds_nothing() -> None:
    """Absent state gives no article, while the procedure is still named by some."""
    view = articles(FIXTURES / "articles.json")
    assert [each.display_id for each in found(view, "G0289", "TX")] == ["A90001", "A90002"]
    assert [each.display_id for each in found(view, "G0289", "MA")] == ["A90002"]
    assert found(view, "G0289", "") == found(view, "G0289", "NE") == ()
    assert view.names("G0289")
    assert not any(map(view.names, ("G0291", "G028", "G02890", "")))


def test_codes_are_without_dots_and_the_wildcard_is_no_code() -> None:
    """XX000 means all codes that no covered list names."""
    first, second = found(articles(FIXTURES / "articles.json"), "G0289", "TX")
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
    assert [each.display_id for each in found(view, "G0290", "TX")] == ["A90002"]
    assert found(view, "G0289", "TX")[0].version == "2"


def record(**changes: object) -> dict[str, object]:
    """Return a made-up article as the JSON form has it."""
    return {
        "id": "90009", "version": "2", "displayId": "A90009", "states": ["CT", "NY"],
        "regions": [], "codes": {"1": ["G0289"]}, "covered": {"1": ["I10"]}, "noncovered": {},
        "asterisked": [],
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("regions", "partly"),
    [
        ([], False),
        (["New York - Downstate", "New York - Queens", "New York - Upstate"], False),
        (["New York - Entire State"], False),
        (["New York - Downstate"], True),
        (["Region 9 - All of it"], False),
    ],
)
def test_a_part_of_a_state_is_not_the_state(
    tmp_path: Path, regions: list[str], *, partly: bool
) -> None:
    """New York has three parts, and an article may hold in one of them."""
    path = tmp_path / "articles.json"
    path.write_bytes(orjson.dumps([record(regions=regions)]))
    view = articles(path)
    there = view.find("G0289", "NY", "B")
    assert there.of_another_place == partly
    assert bool(there.articles) != partly
    assert found(view, "G0289", "CT")
    assert view.covers(FIRST)
    assert not view.covers(date(2027, 1, 1))


@pytest.mark.parametrize("paragraphs", [{"covered": {"1": 7}}, {"covered": []}, []])
def test_prose_that_is_no_text_is_refused(paragraphs: object) -> None:
    """An article whose prose cannot be read has logic that nobody knows."""
    with pytest.raises(DamagedFileError, match="article 1 of the array has no texts"):
        mcd_articles.read(io.BytesIO(orjson.dumps([record(paragraphs=paragraphs)])), ENTRIES)


def test_the_official_articles_are_read(shared_data: Path) -> None:
    """A52993 has 300 covered codes and the wildcard, A52369 a deny list alone."""
    view = articles(*sorted((shared_data / "data/mcd_articles").glob("*.json")))
    (texas,) = found(view, "93970", "TX")
    assert len(texas.covered["1"]) == 300
    assert texas.noncovered_wildcard
    assert "I82411" in texas.covered["1"]
    (massachusetts,) = found(view, "29877", "MA")
    assert massachusetts.covered == {}
    assert "M1711" in massachusetts.noncovered["1"]


def test_the_logic_of_the_official_articles_is_entered_or_none(shared_data: Path) -> None:
    """Each quoted word stands where the entry says; no other wording of theirs joins groups."""
    view = articles(*sorted((shared_data / "data/mcd_articles").glob("*.json")))
    (ibandronate,) = found(view, "J1740", "MA")
    assert ibandronate.alternatives == (("1",), ("2", "3"), ("4", "5"))
    assert [len(ibandronate.group(number)) for number in "12345"] == [21, 207, 11, 9, 6]
    (speech,) = found(view, "92507", "NY")
    assert "R1310" in speech.asterisked
    assert not any(
        article.open
        for code, state in (("J1740", "MA"), ("92507", "MA"), ("29877", "MA"), ("93970", "TX"))
        for article in found(view, code, state)
    )
