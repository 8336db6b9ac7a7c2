"""What one payer asks for: edits off, severities, thresholds, tables; each change dated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from scrubber.edits.edit import Edit, Params
from scrubber.edits.verdict import Severity

Change = TypeVar("Change")


@dataclass(frozen=True, slots=True)
class Period:
    """The dates of service for which a change holds; both ends included, `None` is open."""

    since: date | None
    until: date | None

    def holds(self, day: date) -> bool:
        """Tell whether the change holds for services of that day."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )

    def meets(self, other: "Period") -> bool:
        """Tell whether some day lies in both periods."""
        return (self.since is None or other.until is None or self.since <= other.until) and (
            other.since is None or self.until is None or other.since <= self.until
        )


Periods = Mapping[str, tuple[Period, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class PayerPack:
    """
    One payer's version of the edits; `name` (`payer@version`) is stamped on outcomes.

    Where it states nothing for a day, the pack it inherits from does. Of `params` only the fields
    that were set are stated; each lies over what holds without it.
    """

    name: str
    latest_when_missing: bool
    off: Periods
    severities: Mapping[str, tuple[tuple[Period, Severity], ...]]
    params: Mapping[str, tuple[tuple[Period, Params], ...]]
    on: Periods = field(default_factory=dict)
    as_medicare: Periods = field(default_factory=dict)
    inherits: "PayerPack | None" = None

    def runs(self, edit: Edit, day: date) -> bool:
        """Tell whether the edit runs for services of that day."""
        if _holds(self.on, edit, day):
            return True
        if _holds(self.off, edit, day):
            return False
        return self.inherits is None or self.inherits.runs(edit, day)

    def activates(self, edit: Edit, day: date) -> bool:
        """Tell whether the pack lets the edit decide on that day while it is a preview."""
        if _holds(self.on, edit, day):
            return True
        return self.inherits is not None and self.inherits.activates(edit, day)

    def counts_as_medicare(self, edit: Edit, day: date) -> bool:
        """Tell whether the edit takes the payer's claims of that day for Medicare's."""
        if _holds(self.as_medicare, edit, day):
            return True
        return self.inherits is not None and self.inherits.counts_as_medicare(edit, day)

    def severity(self, edit: Edit, day: date) -> Severity:
        """Return the pack's severity for that day, else the edit's own."""
        stated = _stated(self.severities.get(edit.id, ()), day)
        if stated is not None:
            return stated
        return edit.severity if self.inherits is None else self.inherits.severity(edit, day)

    def thresholds(self, edit: Edit, day: date) -> Params | None:
        """Return the edit's defaults with what the packs say for that day in their place."""
        found = edit.params if self.inherits is None else self.inherits.thresholds(edit, day)
        stated = _stated(self.params.get(edit.id, ()), day)
        if found is None or stated is None:
            return found
        # Built anew, for a copy would keep what the old one has derived from its values.
        values = {
            name: getattr(stated if name in stated.model_fields_set else found, name)
            for name in type(found).model_fields
        }
        return type(found).model_construct(**values)

    def states_params(self, edit: Edit, day: date) -> bool:
        """Tell whether this pack itself states thresholds of the edit for that day."""
        return _stated(self.params.get(edit.id, ()), day) is not None


def _holds(changes: Periods, edit: Edit, day: date) -> bool:
    periods = changes.get(edit.id)  # of most edits a pack says nothing
    return periods is not None and any(period.holds(day) for period in periods)


def _stated(dated: Sequence[tuple[Period, Change]], day: date) -> Change | None:
    return next((change for period, change in dated if period.holds(day)), None) if dated else None
