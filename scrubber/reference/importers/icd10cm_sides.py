"""
Right and left in the titles of the tabular list.

"Right" and "left" are sides only where a sibling has the same title for the other one: the right
bundle branch has no left ventricle beside it. A title leaves the side open where "unspecified"
stands in the place of both.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_SIDE = re.compile(r"\b(?:right|left)\b")
_OPEN = re.compile(r"\bunspecified\b")
_OTHER = {"right": "left", "left": "right"}


class Sides(NamedTuple):
    """The side that a title names, or the codes of right and left where it leaves it open."""

    side: str = ""
    sides: tuple[str, ...] = ()


def of_siblings(titles: Mapping[str, str]) -> Iterator[tuple[str, Sides]]:
    """Yield each code of those under one heading whose title, by code, has to do with a side."""
    lowered = {code: title.lower() for code, title in titles.items()}
    by_title = {title: code for code, title in lowered.items()}
    for code, title in lowered.items():
        named = set(_SIDE.findall(title))
        if len(named) == 1 and _SIDE.sub(lambda word: _OTHER[word[0]], title) in by_title:
            yield code, Sides(side=named.pop())
        elif not named:
            for word in _OPEN.finditer(title):
                before, after = title[: word.start()], title[word.end() :]
                found = [_code(by_title, before, side, after) for side in ("right", "left")]
                if all(found):
                    yield code, Sides(sides=tuple(found))


def _code(by_title: Mapping[str, str], before: str, side: str, after: str) -> str:
    # A paralysis says of the side whether it is the dominant one.
    dominant = f"{before}{side} dominant{after}"
    return by_title.get(f"{before}{side}{after}") or by_title.get(dominant, "")
