"""Claims drawn around the rows of official tables, and what chosen edits say of them."""

import csv
import gzip
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from scrubber.claim.model import Claim
from scrubber.edits.edit import Edit
from scrubber.edits.registry import all_edits
from scrubber.edits.results import Results
from scrubber.edits.verdict import Fail
from scrubber.payers.pack import PayerPack
from scrubber.pipeline.plan import Plan
from scrubber.pipeline.run import run
from scrubber.reference.shelf import Shelf
from tests.twins import claim_of

Row = dict[str, str]
Json = dict[str, Any]


@dataclass(frozen=True)
class Agreement:
    """What two formulations said, as sets of comparable statements."""

    ours: frozenset[Any]
    theirs: frozenset[Any]

    @property
    def precision(self) -> float:
        """The share of our statements that the other formulation makes too."""
        return len(self.ours & self.theirs) / len(self.ours) if self.ours else 1.0

    @property
    def recall(self) -> float:
        """The share of the other's statements that we make too."""
        return len(self.ours & self.theirs) / len(self.theirs) if self.theirs else 1.0

    def differences(self) -> list[Any]:
        """Return the first statements that only one of the two makes."""
        return sorted(map(str, self.ours ^ self.theirs))[:10]


def rows_of(path: Path) -> Iterator[Row]:
    """Yield the rows of a table, gzipped or not."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def pair_rows(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, str, str, str]]:
    """
    Yield column 1, column 2, deletion (`*` or ISO) and indicator of the wanted rows of a file.

    `wanted` sees the row as it stands there: two codes of five characters, then the rest.
    """
    with gzip.open(path, "rt", encoding="ascii") as file:
        assert next(file).startswith("Column 1,Column 2,Deletion,Modifier,")
        for line in filter(wanted, file):  # of millions: only what is wanted is taken apart
            one, two, last, indicator = line.split(",", 4)[:4]
            yield one, two, last if last == "*" else f"{last[:4]}-{last[4:6]}-{last[6:]}", indicator


def compiled(base: str, number: int, changes: Json, received: date) -> Claim:
    """Return a base claim with other lines, through decoder and compiler."""
    return claim_of(base, {"with": changes}, f"drawn-{number}", received.isoformat())


class Chosen:
    """Some edits on a shelf."""

    def __init__(self, claim_type: str, ids: Iterable[str], shelf: Shelf) -> None:
        """Make one plan of the edits."""
        wanted = set(ids)
        edits: tuple[Edit, ...] = tuple(edit for edit in all_edits() if edit.id in wanted)
        assert len(edits) == len(wanted)
        pack = PayerPack("drawn@1", False, {}, {}, {})
        self._plan = Plan(claim_type, pack, edits, shelf)  # type: ignore[arg-type]

    def say(self, claim: Claim) -> Results:
        """Return what the edits say of a claim; a crash is not among it."""
        results = run(self._plan, claim, None)
        assert not [one for one in results.said if one.edit.id == "edit-crashed"]
        return results


def statements(number: int, results: Results) -> Iterator[tuple[Any, ...]]:
    """Yield (claim, edit, kind, lines or what is needed, severity)."""
    for one in results.said:
        verdict = one.verdict
        if isinstance(verdict, Fail):
            yield number, one.edit.id, "fail", verdict.lines, verdict.severity or one.severity
        else:
            yield number, one.edit.id, "bypassed", verdict.lines, ""
    for edit, needs in results.lacking.by_edit.items():
        for one_need in needs:
            yield number, edit, "no_data", one_need, ""


def shown(name: str, claims: int, agreement: Agreement) -> str:
    """Return the figures of a comparison as one line."""
    return (
        f"{name}: {claims:,} claims, {len(agreement.theirs):,} expected statements, "
        f"precision {agreement.precision:.4f}, recall {agreement.recall:.4f}"
    )
