"""Which codes are visits."""

from collections.abc import Callable, Iterable
from functools import cached_property

from scrubber.claim.model import Line
from scrubber.edits.code_ranges import CodeRange, among
from scrubber.edits.edit import Params

#: Office, hospital, emergency, nursing home and home visits, preventive and eye visits; without
#: critical care, prolonged, add-on and counselling codes.
VISITS: tuple[CodeRange, ...] = (
    ("92002", "92014"),
    ("99202", "99255"),
    ("99281", "99285"),
    ("99304", "99350"),
    ("99381", "99397"),
    ("G0402", "G0402"),
    ("G0438", "G0439"),
    ("G0463", "G0463"),
)


#: What the pair edits of visits read.
FIELDS = (
    "lines[].procedure",
    "lines[].modifiers",
    "lines[].service_from",
    "rendering_provider.npi",
    "lines[].rendering_provider.npi",
)


class VisitCodes(Params):
    """What counts as a visit."""

    visits: tuple[CodeRange, ...] = VISITS
    """First and last code of each range."""

    @cached_property
    def is_visit(self) -> Callable[[str], bool]:
        """The test whether a code is a visit."""
        return among(self.visits)

    def among(self, lines: Iterable[Line]) -> list[Line]:
        """Return the lines that are visits."""
        is_visit = self.is_visit
        return [line for line in lines if is_visit(line.procedure)]
