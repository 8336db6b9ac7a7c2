"""ICD-10-CM tabular list (CDC/NCHS XML): leaves with their seventh characters, and headings."""

import re
from dataclasses import dataclass, field
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from scrubber.reference.diagnosis_codes import DiagnosisRow
from scrubber.reference.importers.dates import fiscal_year_end, icd_edition_named
from scrubber.reference.importers.reading import DamagedFileError, Reading

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
class _Diagnosis:
    code: str = ""
    seventh: list[str] = field(default_factory=list)
    has_children: bool = False


class _TabularParser:
    """Reads the nested `diag` elements as they come; memory is one path of the tree."""

    def __init__(self) -> None:
        self._rows: list[DiagnosisRow] = []
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
        if not self._rows:
            self._refuse("no diagnosis in the file")
        return self._rows

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "diag":
            if self._path:
                self._path[-1].has_children = True
            self._path.append(_Diagnosis())
        elif tag == "extension" and self._path:
            self._add_seventh(self._path[-1], attributes.get("char", ""))
        self._elements.append(tag)
        self._text = ""

    def _characters(self, text: str) -> None:
        self._text += text

    def _end(self, tag: str) -> None:
        self._elements.pop()
        if tag == "name" and self._elements[-1] == "diag":
            self._path[-1].code = self._text.strip()
        elif tag == "diag":
            self._close(self._path.pop())

    def _add_seventh(self, diagnosis: _Diagnosis, character: str) -> None:
        if not _SEVENTH.fullmatch(character):
            self._refuse(f"{character!r} is not a seventh character")
        if diagnosis.has_children:
            self._refuse(f"seventh characters of {diagnosis.code} after its subcodes")
        diagnosis.seventh.append(character)

    def _close(self, diagnosis: _Diagnosis) -> None:
        if not _CODE.fullmatch(diagnosis.code):
            self._refuse(f"{diagnosis.code!r} is not an ICD-10-CM code")
        code = diagnosis.code.replace(".", "")
        seventh = next(
            (each.seventh for each in (diagnosis, *reversed(self._path)) if each.seventh), []
        )
        if diagnosis.has_children or seventh:
            self._rows.append(DiagnosisRow(code, billable=False))
        else:
            self._rows.append(DiagnosisRow(code))
        if not diagnosis.has_children:
            # Guidelines I.A.4 and I.B.5: the placeholder X fills the characters before it.
            stem = code.ljust(_BEFORE_SEVENTH, "X")
            if _DEATH_BEFORE_WAKING.fullmatch(stem):
                seventh = ["A"]
            self._rows += [DiagnosisRow(stem + character) for character in seventh]

    def _refuse_doctype(self, *_declaration: object) -> None:
        self._refuse("a document type declaration, which the official file does not have")

    def _refuse(self, reason: str) -> NoReturn:
        raise DamagedFileError(self._expat.CurrentLineNumber, reason)
