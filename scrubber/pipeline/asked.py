"""An edit as the engine asks it: bound to its tables and thresholds, beside those asked with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scrubber.claim.model import Claim
from scrubber.edits.edit import Edit, EditFunction
from scrubber.edits.verdict import Severity


@dataclass(slots=True, eq=False)
class Bound:
    """
    An edit, its severity on the day, and its search for pairs, tables and thresholds in it.

    `dated` tells that a table as of one day is in it.
    """

    edit: Edit
    severity: Severity
    search: EditFunction | None
    dated: bool


#: An edit with the function to call: tables and thresholds are in it, it needs the claim and what
#: its scope puts beside it.
Asked = tuple[EditFunction, Bound]


@dataclass(slots=True, frozen=True, eq=False)
class Group:
    """
    The edits that are asked when the same is there: of the claim, and of a line or diagnosis.

    A test that is `None` always holds. `search` finds the pairs for edits of pairs.
    """

    of_claim: Callable[[Claim], Any] | None
    of_part: Callable[[Any], Any] | None
    edits: tuple[Asked, ...]
    search: EditFunction | None = None


Groups = tuple[Group, ...]
