"""
Medicare Code Editor: the lists of diagnoses and inpatient procedures, as of a day of discharge.

A list is named as in the tabulated editor (`MCE_Edit_Type` and `ICD_Code_Type`). Editions differ
in what they carry: a list that an edition lacks answers nothing, whatever the others hold.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple

from scrubber.reference.coverage import Coverage
from scrubber.reference.diagnosis_codes import ANY_AGE, AgeRange
from scrubber.reference.snapshot import Edition, edition_for

CodeType = Literal["D", "P"]


class MceList(NamedTuple):
    """The name of a list."""

    edit_type: str
    code_type: CodeType


class MceRow(NamedTuple):
    """A diagnosis (D) or procedure (P) on a list."""

    edit_type: str
    code_type: CodeType
    code: str


def _diagnoses(edit_type: str) -> MceList:
    return MceList(edit_type, "D")


def _procedures(edit_type: str) -> MceList:
    return MceList(edit_type, "P")


# Sections 4 to 6, 8 A, 9, 11 A and F, 17 A, 18 and 19 of the Definitions of Medicare Code Edits.
NEWBORN = _diagnoses("Newborn_Only")
PEDIATRIC = _diagnoses("Pediatric_Only")
MATERNITY = _diagnoses("Maternity_Only")
ADULT = _diagnoses("Adult_Only")
FEMALE = _diagnoses("Female_Only")
MALE = _diagnoses("Male_Only")
MANIFESTATION = _diagnoses("Principal_Manifestation")
QUESTIONABLE_ADMISSION = _diagnoses("Principal_Questionable_Admit")
UNACCEPTABLE = _diagnoses("Principal_Unacceptable")
NONCOVERED = _procedures("Noncovered_Always")
NONCOVERED_OVER_60 = _procedures("Noncovered_Over60")
LIMITED_COVERAGE = _procedures("Limited_Coverage")
TABULATED = frozenset(
    (
        *(NEWBORN, PEDIATRIC, MATERNITY, ADULT, FEMALE, MALE, MANIFESTATION, UNACCEPTABLE),
        *(QUESTIONABLE_ADMISSION, NONCOVERED, NONCOVERED_OVER_60, LIMITED_COVERAGE),
        *(_procedures("Female_Only"), _procedures("Male_Only"), _diagnoses("Wrong_Performed")),
        _procedures("Noncovered_LOS_96hr"),
    )
)

# Lists that work in twos and threes; the tabulation at hand leaves them out.
DELIVERY = _procedures("Questionable_Obstetric")  # 8 B
DELIVERY_OUTCOME = _diagnoses("Questionable_Obstetric")
PANCREAS_TRANSPLANT = _procedures("Noncovered_Pancreas")  # 11 B
KIDNEY_TRANSPLANT = _procedures("Noncovered_Pancreas_Kidney")
TYPE_1_DIABETES = _diagnoses("Noncovered_Pancreas")
LEFT_HEART, RIGHT_HEART = _procedures("Heart_Left"), _procedures("Heart_Right")  # 11 C and 17 B
CLINICAL_TRIAL = _diagnoses("Heart_Trial")
NONCOVERED_WITH = tuple(  # 11 D, E and G: the procedure is non-covered with a diagnosis
    (_procedures(name), _diagnoses(name))
    for name in ("Noncovered_With_D", "Noncovered_With_E", "Noncovered_With_G")
)
UNSPECIFIED = _diagnoses("Unspecified")  # 20
LISTS = TABULATED | {
    *(DELIVERY, DELIVERY_OUTCOME, PANCREAS_TRANSPLANT, KIDNEY_TRANSPLANT, TYPE_1_DIABETES),
    *(LEFT_HEART, RIGHT_HEART, CLINICAL_TRIAL, UNSPECIFIED),
    *(each for both in NONCOVERED_WITH for each in both),
}

#: CMS-1716-F: maternity was 12 to 55 until the discharges of 2019-09-30.
MATERNITY_WIDENED = date(2019, 10, 1)
_AGES: Mapping[MceList, AgeRange] = {
    NEWBORN: (0, 0),
    PEDIATRIC: (0, 17),
    MATERNITY: (9, 64),
    ADULT: (15, 124),
}
_MATERNITY_BEFORE: AgeRange = (12, 55)
AGE_LISTS = _AGES.keys()


def pack(rows: Iterable[MceRow]) -> dict[str, bytes]:
    """Return one buffer a list, its codes one a line; an unknown list raises `ValueError`."""
    lists: defaultdict[MceList, set[str]] = defaultdict(set)
    for edit_type, code_type, code in rows:
        name = MceList(edit_type, code_type)
        if name not in LISTS:
            message = f"{edit_type} ({code_type}) is no list of the editor"
            raise ValueError(message)
        lists[name].add(code)
    return {
        f"{name.code_type}_{name.edit_type}": "\n".join(sorted(codes)).encode("ascii")
        for name, codes in lists.items()
    }


@dataclass(frozen=True, slots=True)
class MceView:
    """
    The lists that the edition in force carries.

    `ages` holds the completed years at which each code with a limit is used; it is `None` when
    the edition lacks one of the lists of ages.
    """

    day: date
    version: str
    lists: Mapping[MceList, frozenset[str]]
    ages: Mapping[str, AgeRange] | None


class MceSeries:
    """All loaded editions of the editor."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        """Take the editions; their lists are unpacked when first asked for."""
        self.coverage = Coverage.of(editions)
        self._editions = tuple(editions)
        self._unpacked: dict[tuple[date, bool], MceView] = {}

    def as_of(self, day: date, *, latest_when_missing: bool = False) -> MceView | None:
        """Return the lists as of the day; `None` when no edition covers it."""
        edition = edition_for(self._editions, day, latest_when_missing=latest_when_missing)
        if edition is None:
            return None
        widened = day >= MATERNITY_WIDENED
        key = edition.info.effective, widened
        if key not in self._unpacked:
            self._unpacked[key] = _unpacked(edition, day, widened=widened)
        return replace(self._unpacked[key], day=day)


def _unpacked(edition: Edition, day: date, *, widened: bool) -> MceView:
    lists = {
        MceList(name[2:], "D" if name[0] == "D" else "P"): frozenset(
            bytes(buffer).decode("ascii").split("\n")
        )
        for name, buffer in edition.buffers.items()
    }
    ages: dict[str, AgeRange] = {}
    for name, limits in _AGES.items():
        low, high = limits if widened or name != MATERNITY else _MATERNITY_BEFORE
        for code in lists.get(name, ()):
            other_low, other_high = ages.get(code, ANY_AGE)
            ages[code] = max(low, other_low), min(high, other_high)
    complete = lists.keys() >= AGE_LISTS
    return MceView(day, edition.info.version, lists, ages if complete else None)
