"""Billing and coding articles of the Medicare Coverage Database, by procedure and state."""

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import orjson

from scrubber.reference.coverage import Coverage
from scrubber.reference.snapshot import Edition, edition_for

# MCD: in a non-covered list, all codes that no covered list of the article names.
WILDCARD = "XX000"
CACHED_ARTICLES = 256

_PROCEDURE_BYTES = 5


class ArticleRow(NamedTuple):
    """A version of an article; diagnosis codes upper case without dots, lists by group number."""

    id: str
    display_id: str
    version: str
    states: Collection[str]
    procedures: Collection[str]
    covered: Mapping[str, Collection[str]] = {}
    noncovered: Mapping[str, Collection[str]] = {}
    asterisked: Collection[str] = ()


class Article(NamedTuple):
    """An article as the edits ask it; `XX000` is `noncovered_wildcard`, never a code."""

    id: str
    display_id: str
    version: str
    states: frozenset[str]
    procedures: frozenset[str]
    covered: Mapping[str, frozenset[str]]
    noncovered: Mapping[str, frozenset[str]]
    noncovered_wildcard: bool
    asterisked: frozenset[str]


def pack(rows: Iterable[ArticleRow]) -> dict[str, bytes]:
    """
    Return the articles as JSON, where each begins, and which procedures they name.

    Of several versions of one article the highest is kept: no row says when a version began.
    """
    newest: dict[str, ArticleRow] = {}
    for row in rows:
        known = newest.get(row.id)
        if known is None or int(known.version) <= int(row.version):
            newest[row.id] = row
    articles = [newest[key] for key in sorted(newest)]
    texts = [orjson.dumps(_record(row)) for row in articles]
    offsets = array("Q", [0])
    for text in texts:
        offsets.append(offsets[-1] + len(text))
    named = sorted(
        (_procedure_key(code), number)
        for number, row in enumerate(articles)
        for code in set(row.procedures)
    )
    return {
        "articles": b"".join(texts),
        "offsets": offsets.tobytes(),
        "procedures": array("Q", [key for key, _ in named]).tobytes(),
        "numbers": array("I", [number for _, number in named]).tobytes(),
    }


def _record(row: ArticleRow) -> dict[str, object]:
    return {
        "id": row.id,
        "display_id": row.display_id,
        "version": row.version,
        "states": sorted(set(row.states)),
        "procedures": sorted(set(row.procedures)),
        "covered": {group: sorted(set(row.covered[group])) for group in sorted(row.covered)},
        "noncovered": {
            group: sorted(set(row.noncovered[group])) for group in sorted(row.noncovered)
        },
        "asterisked": sorted(set(row.asterisked)),
    }


def _procedure_key(code: str) -> int:
    return int.from_bytes(code.encode(errors="replace")[: _PROCEDURE_BYTES + 1], "big")


class _LoadedEdition:
    """One edition, mapped; an article is decoded when a claim first asks for it."""

    def __init__(self, edition: Edition) -> None:
        """Map the edition."""
        self._articles = memoryview(edition.buffers["articles"])
        self._offsets = memoryview(edition.buffers["offsets"]).cast("B").cast("Q")
        self._procedures: Sequence[int] = (
            memoryview(edition.buffers["procedures"]).cast("B").cast("Q")
        )
        self._numbers = memoryview(edition.buffers["numbers"]).cast("B").cast("I")
        self.article = lru_cache(maxsize=CACHED_ARTICLES)(self._decode)

    def numbers(self, procedure: str) -> Sequence[int]:
        """Return the numbers of the articles that name the procedure."""
        key = _procedure_key(procedure)
        first = bisect_left(self._procedures, key)
        return self._numbers[first : bisect_left(self._procedures, key + 1, first)]

    def _decode(self, number: int) -> Article:
        record = orjson.loads(self._articles[self._offsets[number] : self._offsets[number + 1]])
        noncovered = {group: frozenset(codes) for group, codes in record["noncovered"].items()}
        return Article(
            id=record["id"],
            display_id=record["display_id"],
            version=record["version"],
            states=frozenset(record["states"]),
            procedures=frozenset(record["procedures"]),
            covered={group: frozenset(codes) for group, codes in record["covered"].items()},
            noncovered={group: codes - {WILDCARD} for group, codes in noncovered.items()},
            noncovered_wildcard=any(WILDCARD in codes for codes in noncovered.values()),
            asterisked=frozenset(record["asterisked"]),
        )


class CoverageArticleSeries:
    """All loaded editions of the articles."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Map the editions."""
        self.coverage = Coverage.of(editions)
        self._editions = tuple(editions)
        self._loaded = {each.info.effective: _LoadedEdition(each) for each in editions}

    def as_of(
        self, day: date, *, latest_when_missing: bool = False
    ) -> "CoverageArticleView | None":
        """Return the articles as of the day; `None` when no edition covers it."""
        edition = edition_for(self._editions, day, latest_when_missing=latest_when_missing)
        if edition is None:
            return None
        effective = edition.info.effective
        return CoverageArticleView(self, day, effective, self._loaded[effective])


class CoverageArticleView:
    """The articles as of one day."""

    def __init__(
        self,
        series: CoverageArticleSeries,
        day: date,
        effective: date,
        loaded: _LoadedEdition,
    ) -> None:
        """Bind the edition in force to the day."""
        self.day = day
        self.version = effective.isoformat()
        self._series = series
        self._loaded = loaded

    def covers(self, day: date) -> bool:
        """Return whether an edition is loaded for the other day."""
        return self._series.coverage.holds(day.toordinal())

    def names(self, procedure: str) -> bool:
        """Return whether an article of any state names the procedure."""
        return len(self._loaded.numbers(procedure)) > 0

    def articles(self, procedure: str, state: str) -> tuple[Article, ...]:
        """Return the articles of the state that name the procedure, by article id."""
        found = map(self._loaded.article, self._loaded.numbers(procedure))
        return tuple(article for article in found if state in article.states)
