"""The stream of synthetic claims; claim i depends on the seed and on i, and on nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from scrubber.contracts.claim import SCHEMA_VERSION
from scrubber.synthetic.claims import BUILDERS, Community, Needs
from scrubber.synthetic.defects import BY_TYPE, Defect
from scrubber.synthetic.people import Json, pick
from scrubber.synthetic.provenance import AI_SHARE, attach_coding

DEFECT_SHARE = 0.15
PROFESSIONAL_SHARE = 0.75
INSTITUTIONAL_SHARE = 0.17

_AS_IT_COMES = Needs()


@dataclass(frozen=True, slots=True)
class SyntheticClaim:
    """A claim event and what is known of it: the edit it must trip, or None, and its outcome."""

    event: Json
    defect: str | None
    expected_disposition: Literal["clean", "rejected", "review"]


def _claim_type(drawn: float) -> str:
    if drawn < PROFESSIONAL_SHARE:
        return "professional"
    return "institutional" if drawn < PROFESSIONAL_SHARE + INSTITUTIONAL_SHARE else "dental"


def generate(count: int, seed: int) -> Iterator[SyntheticClaim]:
    """
    Yield the first `count` claims of the seed, about 85 of 100 clean, the others with one defect.

    The expectation holds with the tables of the claims' period loaded, without history and
    without must-have tables.
    """
    community = Community(Random(f"{seed}:community"))  # noqa: S311  # nothing secret is drawn
    for number in range(1, count + 1):
        yield _claim(Random(f"{seed}:{number}"), community, seed, number)  # noqa: S311  # as above


def _claim(rng: Random, community: Community, seed: int, number: int) -> SyntheticClaim:
    claim_type = _claim_type(rng.random())
    defect: Defect | None = None
    if rng.random() < DEFECT_SHARE:
        defect = pick(rng, BY_TYPE[claim_type])
    needs = defect.needs if defect else _AS_IT_COMES
    draft = BUILDERS[claim_type](rng, community, needs, number)
    hour, minute = 8 + int(rng.random() * 10), int(rng.random() * 60)
    event: Json = {
        "schema_version": SCHEMA_VERSION,
        "submission_id": f"syn-{seed}-{number}",
        "submitted_at": f"{draft.submitted.isoformat()}T{hour:02d}:{minute:02d}:00Z",
        "submitter_id": "synthetic",
        "test": True,
        "claim": draft.claim,
    }
    if defect and not defect.in_coding:
        defect.plant(event, rng)
    by_ai = rng.random() < AI_SHARE or (defect is not None and defect.in_coding)
    attach_coding(rng, draft.claim, number, by_ai=by_ai)
    if defect and defect.in_coding:
        defect.plant(event, rng)
    return SyntheticClaim(
        event, defect.edit if defect else None, defect.disposition if defect else "clean"
    )
