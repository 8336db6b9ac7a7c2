"""No loaded table covers the service date."""

from datetime import date
from functools import lru_cache

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, Params, closing_edit
from scrubber.edits.results import Lacking, Need, Pattern, Results
from scrubber.edits.verdict import Fail, Severity, Verdict, fail, several

#: What a claim, a pack or the stream lacks; no file could be loaded for it.
NOT_TABLES = frozenset(
    (
        "actor-registry",
        "charge-medians",
        "claims-history",
        "contractor",
        "coverage-logic",
        "documentation",
        "model-registry",
        "payer-profile",
        "remittance",
    )
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
    return _complaints(results.lacking, params.must_have)


# Of a day many claims lack the same tables, and more of them some of the same.
@lru_cache(maxsize=1024)
def _complaints(lacks: Lacking, must_have: tuple[str, ...]) -> Verdict:
    return several(
        [
            _complaint(kind, lacks.days[day], count, "review" if kind in must_have else None)
            for (kind, day), count in _of_tables(lacks.pattern)
        ]
    )


@lru_cache(maxsize=4096)
def _of_tables(pattern: Pattern) -> tuple[tuple[Need, int], ...]:
    return tuple([one for one in pattern.counts if one[0][0].partition(":")[0] not in NOT_TABLES])


@lru_cache(maxsize=8192)
def _complaint(kind: str, day: date, count: int, severity: Severity | None) -> Fail:
    return fail("", severity=severity, table=kind, date=day.isoformat(), count=count)
