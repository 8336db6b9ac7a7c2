"""No loaded table covers the service date."""

from datetime import date
from functools import lru_cache

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, Params, closing_edit
from scrubber.edits.results import Results
from scrubber.edits.verdict import PASS, NoData, Severity, Verdict, fail, several

#: What a claim or the stream lacks; no file could be loaded for it.
NOT_TABLES = (
    "claims-history@",
    "contractor@",
    "coverage-logic:",
    "documentation@",
    "payer-profile@",
)


class MustHave(Params):
    """Tables without which a claim goes to a person."""

    must_have: tuple[str, ...] = ()
    """Kinds of tables (`icd-10-cm` ...); a pack's `reference.must_have`."""


@closing_edit(
    id="reference-edition-missing",
    severity="warn",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("lines[].service_from", "statement_to"),
    params=MustHave(),
    source="Product principle (no data is never pass)",
    checked=date(2026, 11, 24),
    message="Table {table} has no edition for {date}; {count} edits did not run.",
    fix="Load the edition of the quarter with the import command.",
)
def reference_edition_missing(_claim: Claim, results: Results, params: MustHave) -> Verdict:
    """
    No loaded table covers the service date.

    What was not looked at is never clean without saying so. A payer pack names the tables that
    must be there; without them the claim goes to review.
    """
    lacks = tuple(
        [
            (one.verdict.needs, one.edit.id)
            for one in results.said
            if isinstance(one.verdict, NoData)
        ]
    )
    return _complaints(lacks, params.must_have) if lacks else PASS


# The claims of a day lack the same tables again and again.
@lru_cache(maxsize=4096)
def _complaints(lacks: tuple[tuple[str, str], ...], must_have: tuple[str, ...]) -> Verdict:
    missing: dict[str, set[str]] = {}
    for needs, edit in lacks:
        if not needs.startswith(NOT_TABLES):
            missing.setdefault(needs, set()).add(edit)
    complaints = []
    for needs in sorted(missing):
        kind, _, day = needs.partition("@")
        severity: Severity | None = "review" if kind in must_have else None
        count = len(missing[needs])
        complaints.append(fail("", severity=severity, table=kind, date=day, count=count))
    return several(complaints)
