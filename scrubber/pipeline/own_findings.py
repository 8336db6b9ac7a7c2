"""The engine's own findings: shown as an edit's are, but no edit of the catalogue says them."""

from datetime import date
from typing import Any

from scrubber.claim.model import Line
from scrubber.edits.edit import EVERY_TYPE, Edit, event_edit
from scrubber.edits.results import Failures
from scrubber.edits.verdict import Fail, fail


@event_edit(
    id="edit-crashed",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(),
    source="Contract: an edit that crashes is a finding, and the claim goes on",
    checked=date(2026, 11, 24),
    message="The edit {edit} stopped ({error}) and gave no answer.",
    fix="Check by hand what the edit checks, and report the edit to the maintainers.",
)
def edit_crashed(edit_id: str, error: Exception, *lines: Line) -> Fail:
    """
    An edit stopped on this claim and gave no answer.

    The claim goes on with the answers of all others; a person looks, since one is missing.
    """
    # The text of an exception may quote the claim; the class of it cannot.
    return fail("", *lines, edit=edit_id, error=type(error).__name__)


@event_edit(
    id="returned-by-reviewer",
    severity="reject",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=(),
    source="Contract: a reviewer's decision yields the next outcome",
    checked=date(2026, 11, 26),
    message="A reviewer returned the claim ({reason}).",
    fix="Correct what the other findings name, and send the claim again.",
)
def returned_by_reviewer(reason: str) -> Fail:
    """
    A person looked at the claim and returned it.

    The findings beside this one keep their severity; this one says that somebody decided.
    """
    return fail("", reason=reason)


def failures(finding: Edit, *about: Any) -> Failures:
    """Return one of these findings, about what its function takes."""
    return Failures(finding, finding.severity, (finding.function(*about),))
