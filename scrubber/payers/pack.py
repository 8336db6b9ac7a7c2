"""What one payer asks for: edits off, severities, thresholds, tables; each change dated."""

from dataclasses import dataclass
from datetime import date

from scrubber.edits.edit import Edit, Params
from scrubber.edits.verdict import Severity


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


@dataclass(frozen=True, slots=True, eq=False)
class PayerPack:
    """One payer's version of the edits; `name` (`payer@version`) is stamped on outcomes."""

    name: str
    latest_when_missing: bool
    off: dict[str, tuple[Period, ...]]
    severities: dict[str, tuple[tuple[Period, Severity], ...]]
    params: dict[str, tuple[tuple[Period, Params], ...]]

    def runs(self, edit: Edit, day: date) -> bool:
        """Tell whether the edit runs for services of that day."""
        return not any(period.holds(day) for period in self.off.get(edit.id, ()))

    def severity(self, edit: Edit, day: date) -> Severity:
        """Return the pack's severity for that day, else the edit's own."""
        for period, severity in self.severities.get(edit.id, ()):
            if period.holds(day):
                return severity
        return edit.severity

    def thresholds(self, edit: Edit, day: date) -> Params | None:
        """Return the pack's params for that day, else the edit's defaults."""
        for period, params in self.params.get(edit.id, ()):
            if period.holds(day):
                return params
        return edit.params
