"""Official layouts in small, and snapshots of them."""

from datetime import date
from pathlib import Path

from scrubber.reference.importers.load import Choice, Imported, import_files
from scrubber.reference.importers.table import RefusedFileError
from scrubber.reference.shelf import Shelf, open_shelf

QUARTER_DAY = date(2024, 8, 1)

PTP_COPY = """\
Column 1,Column 2,Deletion,Modifier,PTP Edit Rationale
29881,29877,*,0,Misuse of Column Two code with Column One code
29881,29877,20040101,9,Misuse of Column Two code with Column One code
A9500,A9512,20240815,1,HCPCS/CPT procedure code definition
G0101,99213,*,1,"Standards of medical, surgical practice"
99213,36000,*,1,Misuse of Column Two code with Column One code
"""

#: As CMS publishes it: preamble, a header of four lines, tabs, effective dates.
PTP_OFFICIAL = (
    "CPT only copyright 2025 American Medical Association.  All rights reserved.\t\t\t\t\t\t\n"
    "Column1/Column2 Edits\t\t\t\t\t\t\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\n"
    "\t\t\t\t*=no data\t1=allowed\t\n"
    "\t\t\t\t\t9=not applicable\t\n"
    "29881\t29877\t\t20020101\t*\t0\tMisuse of Column Two code\n"
    "29881\t29877\t*\t19960101\t19960101\t9\tMisuse of Column Two code\n"
    "A9500\tA9512\t\t20220101\t20231231\t1\tMutually exclusive procedures\n"
    "A9500\tA9512\t\t20250101\t*\t0\tMutually exclusive procedures\n"
)

MUE_OFFICIAL = (
    '"CPT codes are copyright 2025 American Medical Association.\n\nAll rights reserved.",,,\n'
    '"HCPCS/\nCPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n'
    "A4221,4,1 Line Edit,Clinical: Data\n"
    "G0101,1,2 Date of Service Edit: Policy,Code Descriptor / CPT Instruction\n"
    "J3301,16,3 Date of Service Edit: Clinical,Prescribing Information\n"
    "A4206,0,3 Date of Service Edit: Clinical,CMS Policy\n"
)

#: Type, add-on, its deletion, primary, its deletion, first and last day of the pair, notes.
AOC_FIXED = (
    "1G0289       99213       2024001       \n"
    "1G0289       99214       20240012024213one year and 213th day\n"
    "2G2212       CCCCC       2020001       \n"
    "3C8937202418299215       2024001       \n"
)


def write(path: Path, text: str) -> Path:
    """Write an official file."""
    path.write_text(text, "utf-8", newline="")
    return path


def imported(into: Path, *files: Path, choice: Choice | None = None) -> list[Imported]:
    """Import files that nothing is wrong with."""
    results = list(import_files(files, into, choice or Choice()))
    assert not [each for each in results if isinstance(each, RefusedFileError)]
    return [each for each in results if isinstance(each, Imported)]


def refusals(into: Path, *files: Path, choice: Choice | None = None) -> list[str]:
    """Import files and return what was refused."""
    results = import_files(files, into, choice or Choice())
    return [str(each) for each in results if isinstance(each, RefusedFileError)]


def shelf_of(into: Path, *files: Path, choice: Choice | None = None) -> Shelf:
    """Import files, and open the shelf."""
    imported(into, *files, choice=choice)
    return open_shelf(into)
