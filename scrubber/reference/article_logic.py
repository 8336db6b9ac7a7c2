"""
What coverage articles say only in prose, entered as data beside the words that say it.

An entry holds for an article as long as its words stand where it says. Wording of the kind that
joins groups, and that no entry accounts for, leaves the article's logic open.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from scrubber.contracts.strict_yaml import load_model
from scrubber.contracts.values import Day

BUNDLED = Path(__file__).parent / "article_logic.yaml"
ASTERISKED = "*"

Words = Annotated[str, StringConstraints(min_length=1)]
Group = Annotated[str, StringConstraints(pattern=r"^([0-9]{1,3}|\*)$")]

# What joins lists of codes, in the words of the articles; the group's own "and" of codes does not.
_JOINING = re.compile(
    r"group\s*\d+\b.{0,80}\b(and|with|plus)\b.{0,80}\bgroup\s*\d+"
    r"|\bmust\s+(also\s+)?(be\s+)?(billed|reported|coded|used|submitted|accompan\w+|paired)?\s*"
    r"(with|by|together|along|in\s+(addition|combination|conjunction))\b"
    r"|\b(dual|secondary|second|additional|two|both|primary|principal)\s+(icd\S*\s+)?"
    r"(diagnos\w+|codes?)\b"
    r"|\bin\s+(addition|combination|conjunction)\s+(to|with)\b"
    r"|\b(along|together|paired)\s+with\b|\baccompanied\s+by\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^>]{0,500}>")
_SPACE = re.compile(r"\s+")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Alternative(_Strict):
    """
    Groups of covered codes of which one code each is needed; `*` are the asterisked codes.

    `words` are the article's own, and stand in the paragraph of a covered group (`covered 2`), or
    in its note on the asterisk (`asterisk 2`).
    """

    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    at: Annotated[str, StringConstraints(pattern="^(covered|asterisk) [0-9]{1,3}$")]
    words: Words


class Entry(_Strict):
    """All that the prose of an article says of its groups; one alternative met is enough."""

    article: Annotated[str, StringConstraints(pattern="^A[0-9]{5}$")]
    source: Words
    checked: Day
    supports: Annotated[tuple[Alternative, ...], Field(min_length=1)]


class EntryFile(_Strict):
    """A file of entries."""

    what: Literal["article-logic"]
    articles: tuple[Entry, ...]


class Logic(NamedTuple):
    """The alternatives that are entered, and the places whose wording no entry accounts for."""

    alternatives: tuple[tuple[str, ...], ...]
    open: tuple[str, ...]


Entries = Mapping[str, Entry]


def recognises(head: bytes) -> bool:
    """Return whether the file is one of entries."""
    return b"what: article-logic" in head


def entries_of(paths: Iterable[Path]) -> Entries:
    """
    Return the entries by article; a later file's stands for an earlier one's of its article.

    Raises `YamlError` with every fault of a file.
    """
    files = [load_model(path, EntryFile) for path in (BUNDLED, *paths)]
    return {entry.article: entry for file in files for entry in file.articles}


def plain(text: str) -> str:
    """Return the words of a paragraph, without tags and with single spaces."""
    # Some paragraphs were encoded twice.
    return _SPACE.sub(" ", _TAG.sub(" ", unescape(unescape(text)))).strip()


def logic_of(
    display_id: str, covered: Mapping[str, str], asterisks: Mapping[str, str], entries: Entries
) -> Logic:
    """Return what is known of an article's logic from the prose of its covered groups."""
    said = {f"covered {group}": plain(text) for group, text in covered.items()}
    said |= {f"asterisk {group}": plain(text) for group, text in asterisks.items()}
    entry = entries.get(display_id)
    stated: Sequence[Alternative] = entry.supports if entry else ()
    moved = {one.at for one in stated if plain(one.words) not in said.get(one.at, "")}
    for one in stated:
        said[one.at] = said.get(one.at, "").replace(plain(one.words), " ")
    joining = {
        place
        for place, text in said.items()
        if place.startswith("covered") and _JOINING.search(text)
    }
    return Logic(
        () if moved else tuple(one.groups for one in stated),
        tuple(sorted(moved | joining)),
    )
