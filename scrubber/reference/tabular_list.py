"""The notes of the ICD-10-CM tabular list: what a code excludes, follows and asks for; sides."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from scrubber.reference.coverage import CACHED_CODES

if TYPE_CHECKING:
    from scrubber.reference.diagnosis_codes import DiagnosisRow

NoteKind = Literal["excludes1", "code_first", "use_additional"]
#: What it means that no named code is on the claim: a defect; a defect of a manifestation; that
#: another code of that sort must stand there; nothing.
Absence = Literal["wrong", "wrong_of_manifestation", "another", "fine"]

TABULAR = "tabular"  # the buffer's name
CACHED_PAIRS = 16384
_CATEGORY_LENGTH = 3
_BY_WEIGHT: tuple[Absence, ...] = ("fine", "another", "wrong_of_manifestation", "wrong")


class Note(msgspec.Struct, frozen=True):
    """
    A note of the tabular list, for the code it stands at and all below.

    `at` is the code, block or chapter that has it. `named` are the targets as printed (`E10.-`,
    `E08-E13`), `targets` the beginnings of codes that each of them means.
    """

    kind: NoteKind
    at: str
    named: tuple[str, ...]
    targets: tuple[frozenset[str], ...]
    absence: Absence = "fine"


class Named(NamedTuple):
    """The codes that notes name: their beginnings, and as printed."""

    beginnings: frozenset[str]
    printed: tuple[str, ...]
    absence: Absence


class _Record(msgspec.Struct):
    """The buffer: `at` is by code, the numbers are positions in `notes`."""

    seventh: frozenset[str]
    sides: dict[str, str]
    open_sides: dict[str, tuple[str, ...]]
    notes: tuple[Note, ...]
    at: dict[str, tuple[int, ...]]


def pack_tabular(rows: Sequence["DiagnosisRow"]) -> dict[str, bytes]:
    """Return the buffer of what the rows of a tabular list say; none when they say nothing."""
    numbers: dict[Note, int] = {}
    record = _Record(
        seventh=frozenset(row.code for row in rows if row.seventh),
        sides={row.code: row.side for row in rows if row.side},
        open_sides={row.code: row.sides for row in rows if row.sides},
        notes=(),
        at={
            row.code: tuple(numbers.setdefault(note, len(numbers)) for note in row.notes)
            for row in rows
            if row.notes
        },
    )
    record.notes = tuple(numbers)
    if not (record.seventh or record.sides or record.open_sides or record.notes):
        return {}
    return {TABULAR: msgspec.json.encode(record, order="deterministic")}


class TabularList:
    """
    One edition of the list, for the codes that are billable in it.

    All answers are pure functions of codes and are kept, for a bounded number of codes. A code
    that the edition does not know has no notes and is named by none.
    """

    def __init__(self, version: str, buffer: memoryview, knows: Callable[[str], bool]) -> None:
        """Decode the edition; `knows` tells whether a code is billable in it."""
        record = msgspec.json.decode(buffer, type=_Record)
        self.version = version
        self._knows = knows
        self._seventh, self._sides = record.seventh, record.sides
        self._open_sides = record.open_sides
        self._notes: Mapping[str, tuple[Note, ...]] = {
            code: tuple(record.notes[number] for number in numbers)
            for code, numbers in record.at.items()
        }
        self.beginnings = lru_cache(maxsize=CACHED_CODES)(self._beginnings)
        self.excluded = lru_cache(maxsize=CACHED_CODES)(self._excluded)
        self.conflict = lru_cache(maxsize=CACHED_PAIRS)(self._conflict)
        self.code_first = lru_cache(maxsize=CACHED_CODES)(self._code_first)
        self.companions = lru_cache(maxsize=CACHED_CODES)(self._companions)
        self.side = lru_cache(maxsize=CACHED_CODES)(self._side)
        self.sided = lru_cache(maxsize=CACHED_CODES)(self._sided)

    def takes_seventh(self, code: str) -> bool:
        """Return whether a list of seventh characters stands at the code or above it."""
        return not self._seventh.isdisjoint(_prefixes(code))

    def _beginnings(self, code: str) -> tuple[str, ...]:
        """Return the code and its beginnings down to the category, the longest first."""
        return _prefixes(code) if self._knows(code) else ()

    def _excluded(self, code: str) -> Mapping[str, str]:
        """Return the beginnings that Excludes1 notes name for the code, each with the note's place.

        A target that covers the code itself does not bind it: the note then sets the code apart
        from the others under the same heading.
        """
        found: dict[str, str] = {}
        for note, target in self._targets(code, "excludes1"):
            found |= dict.fromkeys(target - found.keys(), note.at)
        return found

    def _conflict(self, code: str, other: str) -> str:
        """Return the place of an Excludes1 note of one code that names the other, or `""`."""
        for one, another in ((code, other), (other, code)):
            excluded = self.excluded(one)
            for beginning in self.beginnings(another):
                if beginning in excluded:
                    return excluded[beginning]
        return ""

    def _code_first(self, code: str) -> Named | None:
        """Return the codes of which one stands before the code, or `None`."""
        return _merged(list(self._targets(code, "code_first")))

    def _companions(self, code: str) -> tuple[Named, ...]:
        """Return what each "use additional code" note asks for."""
        notes: dict[Note, list[tuple[Note, frozenset[str]]]] = {}
        for note, target in self._targets(code, "use_additional"):
            notes.setdefault(note, []).append((note, target))
        return tuple(named for found in notes.values() if (named := _merged(found)))

    def _side(self, code: str) -> str:
        """Return the one side that the title names, `right` or `left`, or `""`."""
        return next(
            (self._sides[each] for each in self.beginnings(code) if each in self._sides), ""
        )

    def _sided(self, code: str) -> tuple[str, ...]:
        """Return the codes that say right and left where this one leaves the side open."""
        for beginning in self.beginnings(code):
            if beginning in self._open_sides:
                rest = code[len(beginning) :]
                return tuple(each + rest for each in self._open_sides[beginning])
        return ()

    def _targets(self, code: str, kind: NoteKind) -> Iterable[tuple[Note, frozenset[str]]]:
        own = self.beginnings(code)
        for beginning in own:
            for note in self._notes.get(beginning, ()):
                if note.kind == kind:
                    for target in note.targets:
                        if target.isdisjoint(own):
                            yield note, target


def _merged(found: list[tuple[Note, frozenset[str]]]) -> Named | None:
    if not found:
        return None
    notes = list(dict.fromkeys(note for note, _ in found))
    return Named(
        frozenset().union(*[target for _, target in found]),
        tuple(dict.fromkeys(name for note in notes for name in note.named)),
        max((note.absence for note in notes), key=_BY_WEIGHT.index),
    )


def _prefixes(code: str) -> tuple[str, ...]:
    return tuple(code[:length] for length in range(len(code), _CATEGORY_LENGTH - 1, -1))
