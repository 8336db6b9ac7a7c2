"""What a run comes to: claims and dollars by disposition, the commonest edits, missing tables."""

from collections import Counter
from decimal import Decimal
from typing import Any

from scrubber.pipeline.answer import DeadLetter, Result
from scrubber.reference.shelf import KINDS

DISPOSITIONS = ("clean", "rejected", "review")
COMMONEST = 10


class Summary:
    """Counts as results come by; holds nothing of any claim."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.claims: Counter[str] = Counter()
        self.dollars: dict[str, Decimal] = dict.fromkeys(DISPOSITIONS, Decimal(0))
        self.edits: Counter[str] = Counter()
        self.missing: Counter[str] = Counter()
        self.shadows: Counter[tuple[str, str, str]] = Counter()
        self.dead_letters = 0
        self.seconds = 0.0

    def count(self, result: Result) -> None:
        """Add one result."""
        if isinstance(result, DeadLetter):
            self.dead_letters += 1
            return
        self.claims[result.disposition] += 1
        self.dollars[result.disposition] += result.charge
        self.edits.update(result.edits)
        self.missing.update(result.missing)
        if result.shadow:
            pack, disposition = result.shadow
            self.shadows[pack, result.disposition, disposition] += 1

    @property
    def only_clean(self) -> bool:
        """Every claim was clean."""
        return self.claims.total() == self.claims["clean"]

    @property
    def dollars_held(self) -> Decimal:
        """What does not go to the payer yet."""
        return self.dollars["rejected"] + self.dollars["review"]

    def commonest(self) -> list[tuple[str, int]]:
        """Return the edits with findings on most claims."""
        ordered = sorted(self.edits.items(), key=lambda one: (-one[1], one[0]))
        return [one for one in ordered if one[0] != "reference-edition-missing"][:COMMONEST]

    def document(self) -> dict[str, Any]:
        """Return the summary as JSON, without anything that differs between two equal runs."""
        return {
            "claims": {name: self.claims[name] for name in DISPOSITIONS},
            "dead_letters": self.dead_letters,
            "dollars": {name: str(self.dollars[name]) for name in DISPOSITIONS},
            "dollars_held": str(self.dollars_held),
            "edits": dict(sorted(self.edits.items())),
            "missing_tables": dict(sorted(self.missing.items())),
        } | ({"shadow": self._shadow_counts()} if self.shadows else {})

    def _wants(self) -> list[str]:
        """Say for want of what edits did not look: of tables, and of what no file gives."""
        tables, others = (
            ", ".join(
                f"{kind} ({n:,})"
                for kind, n in sorted(self.missing.items())
                if (kind in KINDS) is loadable
            )
            for loadable in (True, False)
        )
        lines = []
        if tables:
            lines.append(f"not looked at for want of tables, with claims concerned: {tables}")
            lines.append("load them with: scrubber reference import FILE... --into DIR")
        if others:
            lines.append(f"for want of lists and records that are not at hand: {others}")
        return lines

    def _shadow_counts(self) -> dict[str, dict[str, int]]:
        """Return, for each pack in shadow, claims by what they are and what they would be."""
        counts: dict[str, dict[str, int]] = {}
        for (pack, now, then), number in sorted(self.shadows.items()):
            counts.setdefault(pack, {})[f"{now} to {then}"] = number
        return counts

    def lines(self) -> list[str]:
        """Return the summary in words."""
        total = self.claims.total()
        counts = ", ".join(f"{self.claims[name]:,} {name}" for name in DISPOSITIONS)
        rate = f", {total / self.seconds:,.0f} a second" if self.seconds > 0 and total else ""
        lines = [f"{total:,} claims: {counts}; {self.dead_letters:,} dead letters{rate}"]
        if total:
            lines.append(f"dollars held: {self.dollars_held:,.2f}")
        lines += self._wants()
        for pack, moved in self._shadow_counts().items():
            moves = ", ".join(f"{move} ({n:,})" for move, n in moved.items())
            lines.append(f"{pack} in shadow would have moved claims: {moves}")
        return lines
