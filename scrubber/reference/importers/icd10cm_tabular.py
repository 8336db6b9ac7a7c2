"""ICD-10-CM tabular list (CDC/NCHS XML): leaves with their seventh characters, headings, notes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from scrubber.reference.diagnosis_codes import DiagnosisRow
from scrubber.reference.importers import icd10cm_notes, icd10cm_sides
from scrubber.reference.importers.dates import fiscal_year_end, icd_edition_named
from scrubber.reference.importers.reading import DamagedFileError, Reading
from scrubber.reference.tabular_list import Note

KIND = "icd-10-cm"

# The second character was a digit until QA0 (neonatal conditions) came in October 2025.
_CODE = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?")
# Deaths from intracranial injury have no later encounter. The XML says "except as noted below"
# and notes nothing; the order file and the I/OCE table hold the initial encounter alone.
_DEATH_BEFORE_WAKING = re.compile(r"S06[0-9A-Z]{2}[78]")
_SEVENTH = re.compile(r"[0-9A-Z]")
_BEFORE_SEVENTH = 6
_CHUNK = 1 << 16


def recognises(head: bytes) -> bool:
    """Return whether the file is the tabular list."""
    return b"<ICD10CM.tabular" in head


def read(file: BinaryIO, name: str) -> Reading[DiagnosisRow]:
    """Return all codes; the file states its year only, so the name says April or October."""
    rows = _TabularParser().rows_of(file)
    effective = icd_edition_named(name)
    return Reading(rows, effective, fiscal_year_end(effective) if effective else None)


@dataclass(slots=True)
class _Heading:
    """A chapter, a block or a code, with what stands at it."""

    name: str = ""
    title: str = ""
    notes: list[tuple[str, list[str]]] = field(default_factory=list)


@dataclass(slots=True)
class _Diagnosis(_Heading):
    """
    A code; `last` is the position of the last code below it, or its own.

    `characters` are its seventh characters, those that stand at it (`has_list`) or above it.
    """

    above: tuple[_Heading, ...] = ()
    has_list: bool = False
    characters: list[str] = field(default_factory=list)
    children: list["_Diagnosis"] = field(default_factory=list)
    last: int = 0

    @property
    def code(self) -> str:
        return self.name.replace(".", "")


class _TabularParser:
    """Reads the nested elements as they come; the notes are compiled when all codes are known."""

    def __init__(self) -> None:
        self._all: list[_Diagnosis] = []
        self._headings: list[_Heading] = []
        self._path: list[_Diagnosis] = []
        self._elements: list[str] = []
        self._text = ""
        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = self._refuse_doctype
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._characters

    def rows_of(self, file: BinaryIO) -> list[DiagnosisRow]:
        try:
            while chunk := file.read(_CHUNK):
                self._expat.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position
            self._expat.Parse(b"", True)  # noqa: FBT003 - expat takes it by position
        except expat.ExpatError as fault:
            raise DamagedFileError(fault.lineno, expat.ErrorString(fault.code)) from None
        if not self._all:
            self._refuse("no diagnosis in the file")
        return list(self._rows())

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("chapter", "section"):
            self._headings.append(_Heading(name=attributes.get("id", "")))
        elif tag == "diag":
            diagnosis = _Diagnosis()
            if self._path:
                self._path[-1].children.append(diagnosis)
            else:
                diagnosis.above = tuple(self._headings)
            self._path.append(diagnosis)
            self._all.append(diagnosis)
        elif tag in icd10cm_notes.KINDS and (self._headings or self._path):
            self._current().notes.append((tag, []))
        elif tag == "extension" and self._path:
            self._add_seventh(self._path[-1], attributes.get("char", ""))
        self._elements.append(tag)
        self._text = ""

    def _characters(self, text: str) -> None:
        self._text += text

    def _end(self, tag: str) -> None:
        self._elements.pop()
        text = self._text.strip()
        inside = self._elements[-1] if self._elements else ""
        if tag == "name" and inside == "diag":
            self._path[-1].name = text
        elif tag == "name" and inside == "chapter":
            self._headings[-1].name = f"chapter {text}"
        elif tag == "desc" and inside == "diag":
            self._path[-1].title = text
        elif tag == "note" and inside in icd10cm_notes.KINDS:
            self._current().notes[-1][1].append(text)
        elif tag in ("chapter", "section"):
            self._headings.pop()
        elif tag == "diag":
            self._close(self._path.pop())

    def _current(self) -> _Heading:
        return self._path[-1] if self._path else self._headings[-1]

    def _add_seventh(self, diagnosis: _Diagnosis, character: str) -> None:
        if not _SEVENTH.fullmatch(character):
            self._refuse(f"{character!r} is not a seventh character")
        if diagnosis.children:
            self._refuse(f"seventh characters of {diagnosis.name} after its subcodes")
        diagnosis.has_list = True
        diagnosis.characters.append(character)

    def _close(self, diagnosis: _Diagnosis) -> None:
        if not _CODE.fullmatch(diagnosis.name):
            self._refuse(f"{diagnosis.name!r} is not an ICD-10-CM code")
        diagnosis.last = len(self._all) - 1
        if not diagnosis.has_list:
            diagnosis.characters = next(
                (each.characters for each in reversed(self._path) if each.has_list), []
            )

    def _rows(self) -> Iterator[DiagnosisRow]:
        """Yield each code with what stands at it, and those with a seventh character."""
        tree = icd10cm_notes.Tree([icd10cm_notes.Node(each.code, each.last) for each in self._all])
        sides = {
            code: found
            for each in self._all
            for code, found in icd10cm_sides.of_siblings(
                {child.code: child.title for child in each.children}
            )
        }
        for each in self._all:
            code, characters = each.code, each.characters
            yield DiagnosisRow(
                code,
                billable=not (each.children or characters),
                seventh=each.has_list,
                side=sides[code].side if code in sides else "",
                sides=sides[code].sides if code in sides else (),
                notes=tuple(_notes(each, tree)),
            )
            if not each.children:
                # Guidelines I.A.4 and I.B.5: the placeholder X fills the characters before it.
                stem = code.ljust(_BEFORE_SEVENTH, "X")
                if _DEATH_BEFORE_WAKING.fullmatch(stem):
                    characters = ["A"]
                for character in characters:
                    yield DiagnosisRow(stem + character)

    def _refuse_doctype(self, *_declaration: object) -> None:
        self._refuse("a document type declaration, which the official file does not have")

    def _refuse(self, reason: str) -> NoReturn:
        raise DamagedFileError(self._expat.CurrentLineNumber, reason)


def _notes(diagnosis: _Diagnosis, tree: icd10cm_notes.Tree) -> Iterator[Note]:
    """Yield the notes at a code; those of its blocks and chapter stand at the category."""
    for heading in (diagnosis, *reversed(diagnosis.above)):
        for tag, texts in heading.notes:
            kind = icd10cm_notes.KINDS[tag]
            if kind == "use_additional" and heading.name.startswith("chapter"):
                continue  # of records at large, such as the weeks of a pregnancy
            if found := icd10cm_notes.note(kind, heading.name, texts, tree):
                yield found
