"""
The notes of the tabular list, which are prose, to the codes that they name.

Only what is printed as codes in brackets is taken: `(E10.-)`, `(B95-B97)`, `(G35, M32.1-)`. A
note that says more about its codes ("with fifth character 2", "unless") or names none is left
out: it gives no finding.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from scrubber.reference.tabular_list import Absence, Note, NoteKind

KINDS: Mapping[str, NoteKind] = {
    "excludes1": "excludes1",
    "codeFirst": "code_first",
    "useAdditionalCode": "use_additional",
}

# Two letters and a digit came with QA0; three letters are an abbreviation.
_CODE = r"(?:[A-Z][0-9][0-9A-Z]|[A-Z]{2}[0-9])(?:\.[0-9A-Z]{1,4})?"
_BEGINNING = rf"{_CODE}(?:\.?-|\.)?"
_RANGE = rf"{_BEGINNING}\s*-\s*{_BEGINNING}"
# The range first: of `E00-E03` the dash is no sign that `E00` has codes below it.
_TARGET = re.compile(rf"({_BEGINNING})\s*-\s*({_BEGINNING})|({_BEGINNING})")
_LIST = rf"(?:{_RANGE}|{_BEGINNING})"
_GROUP = re.compile(rf"{_LIST}(?:\s*,\s*{_LIST})*,?")
_HAS_CODE = re.compile(rf"\b{_CODE}\b")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_MORE_THAN_CODES = re.compile(r"\b(?:unless|except|character|characters)\b")
_CONDITION = re.compile(r"\b(?:if|any|when)\b")
#: The note binds the codes for adverse effects alone, not the poisonings beside them.
_OTHER_CODES = "for adverse effects"


class Node(NamedTuple):
    """A code of the list without dot, and the position of the last code below it (or its own)."""

    code: str
    last: int


class Tree:
    """The codes of the list in its order."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        """Index the codes."""
        self._nodes = nodes
        self._at = {node.code: position for position, node in enumerate(nodes)}

    def beginnings(self, first: str, last: str) -> frozenset[str]:
        """Return the fewest codes under which lies all from one code to another; empty: no such."""
        if first not in self._at or last not in self._at:
            return frozenset()
        position, end = self._at[first], self._nodes[self._at[last]].last
        found = set()
        while position <= end:
            node = self._nodes[position]
            if node.last <= end:
                found.add(node.code)
                position = node.last
            position += 1
        return frozenset(found)


def note(kind: NoteKind, at: str, texts: Sequence[str], tree: Tree) -> Note | None:
    """Return a note with the codes that its lines name; `None` when they name none plainly."""
    whole = " ".join(texts).lower()
    if kind == "use_additional" and (len(texts) > 1 or _CONDITION.search(whole)):
        # What may be there or not, or one of several habits and histories, is never missing.
        return None
    if kind == "code_first" and _OTHER_CODES in whole:
        return None
    targets: dict[str, frozenset[str]] = {}
    for text in texts:
        for printed, first, last in _targets(text, ends_with_codes=kind == "excludes1"):
            if meant := tree.beginnings(first, last):
                targets[printed] = meant
    if not targets:
        return None
    absence = _absence(whole) if kind == "code_first" else "fine"
    return Note(kind, at, tuple(targets), tuple(targets.values()), absence)


def _absence(whole: str) -> Absence:
    if _CONDITION.search(whole):
        return "fine"
    if "such as" in whole:
        return "another"
    return "wrong" if "underlying" in whole else "wrong_of_manifestation"


def _targets(text: str, *, ends_with_codes: bool) -> Iterable[tuple[str, str, str]]:
    """Yield the targets of a line: as printed, first code, last code."""
    text = text.strip().rstrip(".")
    groups = [group.strip() for group in _BRACKETS.findall(text) if _HAS_CODE.search(group)]
    if not all(map(_GROUP.fullmatch, groups)) or _MORE_THAN_CODES.search(text):
        return
    if ends_with_codes and (len(groups) != 1 or not text.endswith(")")):
        return
    for group in groups:
        for found in _TARGET.finditer(group):
            first, last = (found[1], found[2]) if found[1] else (found[3], found[3])
            yield re.sub(r"\s", "", found[0]), _bare(first), _bare(last)


def _bare(beginning: str) -> str:
    return beginning.rstrip(".-").replace(".", "")
