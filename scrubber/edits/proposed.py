"""What the search of a `line_pair_edit` finds on one day: the search proposes, the edit judges."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from scrubber.claim.model import Line
from scrubber.edits.verdict import NoData


class Proposed(NamedTuple):
    """
    Pairs of lines, each with what the search knows of it, a table's row for one.

    `missing` is what an answer for the whole day would need besides.
    """

    pairs: Sequence[tuple[Line, Line, Any]]
    missing: NoData | None = None


NOTHING = Proposed(())
"""No pair, and nothing missing: the answer of most days."""
