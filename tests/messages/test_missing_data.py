"""What was lacked is written once for all days; each claim gets its own in their places."""

from datetime import date

import orjson

from scrubber.edits.registry import all_edits
from scrubber.edits.results import NOTHING_LACKED, Lacks, lacking
from scrubber.messages.render import missing_data

FIRST, OTHER = (edit for edit in all_edits() if edit.id in ("mue-exceeded", "ncci-ptp-conflict"))
A_DAY, NEXT_DAY = date(2024, 8, 14), date(2024, 8, 15)
BOTH: Lacks = frozenset({(FIRST, "ioce"), (OTHER, "ioce")})
ONE: Lacks = frozenset({(OTHER, "icd-10-cm"), (OTHER, "icd-10")})


def written(*parts: tuple[Lacks, date]) -> list[tuple[str, list[str]]]:
    """Return edits and needs as an outcome has them."""
    rows = orjson.loads(orjson.dumps(missing_data(lacking(parts))))
    return [(row["edit"], row["needs"]) for row in rows]


def test_edits_and_needs_stand_in_their_order() -> None:
    """By id, and each edit's needs as texts are sorted: the longer name before the shorter."""
    assert written((ONE, A_DAY), (BOTH, NEXT_DAY)) == [
        ("mue-exceeded", ["ioce@2024-08-15"]),
        (
            "ncci-ptp-conflict",
            ["icd-10-cm@2024-08-14", "icd-10@2024-08-14", "ioce@2024-08-15"],
        ),
    ]


def test_days_do_not_stay_from_one_claim_to_the_next() -> None:
    """The same lacks on other days, on two of them, and said twice."""
    for day in (A_DAY, NEXT_DAY):
        assert written((BOTH, day), (BOTH, day)) == [
            (edit, [f"ioce@{day}"]) for edit in ("mue-exceeded", "ncci-ptp-conflict")
        ]
    both_days = ["ioce@2024-08-14", "ioce@2024-08-15"]
    assert written((BOTH, NEXT_DAY), (BOTH, A_DAY)) == [
        (edit, both_days) for edit in ("mue-exceeded", "ncci-ptp-conflict")
    ]


def test_lacking_nothing_is_an_empty_list() -> None:
    """As of a claim that no edit was asked about."""
    assert written() == []
    assert orjson.dumps(missing_data(NOTHING_LACKED)) == b"[]"
