"""No loaded table covers the service date."""

from collections import Counter
from datetime import date
from functools import cached_property, lru_cache

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, Params, closing_edit
from scrubber.edits.results import Lacking, Results
from scrubber.edits.verdict import PASS, Fail, Severity, Verdict, fail, several

#: What a claim, a pack or the stream lacks; no file could be loaded for it.
NOT_TABLES = (
    "actor-registry@",
    "charge-medians@",
    "claims-history@",
    "contractor@",
    "coverage-logic:",
    "documentation@",
    "model-registry@",
    "payer-profile@",
    "remittance@",
)


class MustHave(Params):
    """Tables without which a claim goes to a person."""

    must_have: tuple[str, ...] = ()
    """Kinds of tables (`icd-10-cm` ...); a pack's `reference.must_have`."""

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """What begins the names of their editions."""
        return tuple(f"{kind}@" for kind in self.must_have)


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
    lacks = results.lacking
    return _complaints(lacks, params.kinds) if lacks.by_edit else PASS


# The claims of a day lack the same tables again and again.
@lru_cache(maxsize=4096)
def _complaints(lacks: Lacking, must_have: tuple[str, ...]) -> Verdict:
    counts = Counter(
        needs
        for several_needs in lacks.by_edit.values()
        for needs in several_needs
        if not needs.startswith(NOT_TABLES)
    )
    return several(
        _complaint(needs, counts[needs], "review" if needs.startswith(must_have) else None)
        for needs in sorted(counts)
    )


@lru_cache(maxsize=4096)
def _complaint(needs: str, count: int, severity: Severity | None) -> Fail:
    kind, _, day = needs.partition("@")
    return fail("", severity=severity, table=kind, date=day, count=count)
