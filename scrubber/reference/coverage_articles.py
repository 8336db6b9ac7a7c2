"""Billing and coding articles of the Medicare Coverage Database, by procedure and state."""

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import orjson

from scrubber.reference.article_logic import ASTERISKED
from scrubber.reference.coverage import Coverage
from scrubber.reference.snapshot import Edition, edition_for

# MCD: in a non-covered list, all codes that no covered list of the article names.
WILDCARD = "XX000"
CACHED_ARTICLES = 256
CACHED_PROCEDURES = 16384
FIRST_VERSION = "1"

_PROCEDURE_BYTES = 5


class ArticleRow(NamedTuple):
    """
    A version of an article; diagnosis codes upper case without dots, lists by group number.

    A state is `NY`, or `NY/B` for one part of Medicare; `partly` are those of which the article's
    contractor serves a part only. `alternatives` are groups that support together, `open` the
    places of its prose whose logic is not entered. Without `effective` it holds as long as the
    edition does.
    """

    id: str
    display_id: str
    version: str
    states: Collection[str]
    procedures: Collection[str]
    covered: Mapping[str, Collection[str]] = {}
    noncovered: Mapping[str, Collection[str]] = {}
    asterisked: Collection[str] = ()
    partly: Collection[str] = ()
    alternatives: Sequence[Sequence[str]] = ()
    open: Collection[str] = ()
    effective: date | None = None
    expires: date | None = None


class Article(NamedTuple):
    """An article as the edits ask it; `XX000` is `noncovered_wildcard`, never a code."""

    id: str
    display_id: str
    version: str
    states: frozenset[str]
    partly: frozenset[str]
    procedures: frozenset[str]
    covered: Mapping[str, frozenset[str]]
    noncovered: Mapping[str, frozenset[str]]
    noncovered_wildcard: bool
    asterisked: frozenset[str]
    alternatives: tuple[tuple[str, ...], ...]
    open: tuple[str, ...]
    effective: date | None
    expires: date | None

    def group(self, number: str) -> frozenset[str]:
        """Return the codes of a covered group as its alternatives mean it; `*` the asterisked."""
        if number == ASTERISKED:
            return self.asterisked
        codes = self.covered.get(number, frozenset())
        return codes - self.asterisked if self.asterisk_is_entered else codes

    @property
    def asterisk_is_entered(self) -> bool:
        """What the asterisk asks is part of the alternatives."""
        return any(ASTERISKED in groups for groups in self.alternatives)


class Found(NamedTuple):
    """
    The articles that hold for a service.

    `of_another_time` tells that one more names it whose version of that day is not loaded,
    `of_another_place` that one more holds in a part of the state only.
    """

    articles: tuple[Article, ...]
    of_another_time: bool
    of_another_place: bool


def pack(rows: Iterable[ArticleRow]) -> dict[str, bytes]:
    """
    Return the articles as JSON, where each begins, and which procedures they name.

    Of several versions of one article without dates the highest is kept.
    """
    kept: dict[tuple[str, date | None], ArticleRow] = {}
    for row in rows:
        known = kept.get((row.id, row.effective))
        if known is None or int(known.version) <= int(row.version):
            kept[row.id, row.effective] = row
    articles = sorted(kept.values(), key=lambda row: (row.id, row.effective or date.min))
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
        "partly": sorted(set(row.partly)),
        "procedures": sorted(set(row.procedures)),
        "covered": {group: sorted(set(row.covered[group])) for group in sorted(row.covered)},
        "noncovered": {
            group: sorted(set(row.noncovered[group])) for group in sorted(row.noncovered)
        },
        "asterisked": sorted(set(row.asterisked)),
        "alternatives": [list(groups) for groups in row.alternatives],
        "open": sorted(row.open),
        "effective": row.effective,
        "expires": row.expires,
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
            partly=frozenset(record["partly"]),
            procedures=frozenset(record["procedures"]),
            covered={group: frozenset(codes) for group, codes in record["covered"].items()},
            noncovered={group: codes - {WILDCARD} for group, codes in noncovered.items()},
            noncovered_wildcard=any(WILDCARD in codes for codes in noncovered.values()),
            asterisked=frozenset(record["asterisked"]),
            alternatives=tuple(tuple(groups) for groups in record["alternatives"]),
            open=tuple(record["open"]),
            effective=_day(record["effective"]),
            expires=_day(record["expires"]),
        )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


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
        # Pure functions of the codes; claims of a day name the same ones again and again.
        self.names = lru_cache(maxsize=CACHED_PROCEDURES)(self._names)
        self.find = lru_cache(maxsize=CACHED_ARTICLES)(self._find)

    def covers(self, day: date) -> bool:
        """Return whether an edition is loaded for the other day."""
        return self._series.coverage.holds(day.toordinal())

    def _names(self, procedure: str) -> bool:
        """Return whether an article of any state names the procedure."""
        return len(self._loaded.numbers(procedure)) > 0

    def _find(self, procedure: str, state: str, part: str) -> Found:
        """Return the articles for a procedure in a state and a part of Medicare, by article id."""
        places = frozenset((state, f"{state}/{part}"))
        versions: dict[str, list[Article]] = {}
        for article in map(self._loaded.article, self._loaded.numbers(procedure)):
            if not places.isdisjoint(article.states) or not places.isdisjoint(article.partly):
                versions.setdefault(article.id, []).append(article)
        articles = []
        of_another_time = of_another_place = False
        for candidates in versions.values():
            current = [
                one for one in candidates if one.effective is None or one.effective <= self.day
            ]
            if not current:
                # The first version of an article has none before it.
                of_another_time |= all(one.version != FIRST_VERSION for one in candidates)
                continue
            newest = current[-1]
            if newest.expires is not None and newest.expires < self.day:
                continue
            if places.isdisjoint(newest.states):
                of_another_place = True
            else:
                articles.append(newest)
        return Found(tuple(articles), of_another_time, of_another_place)
