"""Sums over verdicts: how many runs, how many claims, and what became of none or twice of them."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Self

from tests.faults.harness import Verdict


@dataclass(frozen=True)
class Totals:
    """What the last line says."""

    runs: int = 0
    claims: int = 0
    lost: int = 0
    repeated: int = 0

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> Self:
        """Sum up."""
        found = list(verdicts)
        return cls(
            len(found),
            sum(one.claims for one in found),
            sum(len(one.lost) for one in found),
            sum(len(one.repeated) for one in found),
        )

    def add_to(self, file: Path) -> None:
        """Add a line to a file of sums."""
        with file.open("a") as lines:
            lines.write(" ".join(map(str, astuple(self))) + "\n")

    @classmethod
    def read(cls, file: Path) -> Self:
        """Return the sum of a file's lines."""
        rows = [[int(word) for word in line.split()] for line in file.read_text().splitlines()]
        return cls(*map(sum, zip(*rows, strict=True)))

    def __str__(self) -> str:
        """Say it."""
        return (
            f"faults: {self.runs} runs, {self.claims} claims, "
            f"{self.lost} lost, {self.repeated} repeated"
        )
