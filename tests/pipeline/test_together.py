"""Claims that are heard together get the outcomes that they would get alone."""

from datetime import date
from random import Random

import orjson
import pytest

from scrubber.claim.history import EMPTY
from scrubber.claim.model import Claim
from scrubber.claim.prior import Prior
from scrubber.contracts.decode import Decoded, SchemaInvalid, decode_claim_event
from scrubber.edits.edit import claim_edit, day_edit, history_edit, line_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.pipeline.answer import Answer, DeadLetter, answers_of
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.intake import Record
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import read_settings
from scrubber.synthetic import generate
from tests.pipeline.test_engine import common, event, scrubber, unanswered

MADE_UP = 240
SEED = 41


@pytest.fixture(scope="module")
def submissions() -> list[Decoded]:
    """Return made-up submissions of all types, clean and with defects."""
    found = []
    for one in generate(MADE_UP, SEED):
        try:
            found.append(decode_claim_event(orjson.dumps(one.event)))
        except SchemaInvalid:
            continue
    return found


def begun(scrubber: Scrubber, submissions: list[Decoded]) -> list[bytes]:
    """Return the outcomes of submissions that are begun together."""
    return [
        scrubber.finish(one).encode()
        for one in scrubber.begin([(submission, False) for submission in submissions])
    ]


@pytest.mark.parametrize("together", [2, 7, 64, MADE_UP])
def test_what_is_begun_beside_a_claim_changes_nothing(
    submissions: list[Decoded], together: int
) -> None:
    """The same bytes alone and in company, in any order, with codes settled and not."""
    alone = build_scrubber(read_settings({}))
    expected = {one.event.submission_id: alone.scrub(one).encode() for one in submissions}
    company = build_scrubber(read_settings({}))
    random = Random(SEED)
    for _ in range(2):
        random.shuffle(submissions)
        for start in range(0, len(submissions), together):
            some = submissions[start : start + together]
            assert begun(company, some) == [expected[one.event.submission_id] for one in some]


def test_a_crash_is_a_finding_of_the_claim_it_stopped_on() -> None:
    """The claims before and behind it in the batch are asked all the same."""

    def stops(claim: Claim) -> Verdict:
        """Stops."""
        if claim.patient_control_number == "STOP":
            raise KeyError
        return fail("/total_charge", value="1")

    def lines_stop(claim: Claim, _beside: object) -> Verdict:
        """Stops."""
        return stops(claim)

    edits = [
        claim_edit(**common("a"))(stops),
        line_edit(**common("b"))(lines_stop),
        day_edit(**common("c"))(lines_stop),
    ]
    numbers = ["1", "2", "STOP", "4"]
    submitted = [event(patient_control_number=number) for number in numbers]
    found = [
        [one["edit"] for one in orjson.loads(outcome)["findings"]]
        for outcome in begun(scrubber(*edits), submitted)
    ]
    others = ["a", "b", "b", "c"]
    assert found == [others, others, ["edit-crashed"] * 4, others]


def test_each_claim_lacks_its_own() -> None:
    """Of one table on two days, and of two tables on one."""

    def lacks(claim: Claim) -> Verdict:
        """Lacks."""
        return no_data("hcpcs", claim.day) if claim.patient_control_number != "FULL" else PASS

    edit = claim_edit(**common("lacks"))(lacks)
    first = event(patient_control_number="1")
    full = event(patient_control_number="FULL")
    lines = orjson.loads(first.claim)["lines"]
    later = event(lines=[line | {"service_from": "2024-08-16"} for line in lines])
    together = scrubber(edit).begin([(one, False) for one in (first, full, later)])
    found = [unanswered(scrubber(edit).finish(one)) for one in together]
    assert [[need for one in some for need in one["needs"]] for some in found] == [
        ["hcpcs@2024-08-14"],
        [],
        ["hcpcs@2024-08-16"],
    ]


def test_only_a_claim_without_history_says_that_it_has_none() -> None:
    """Beside each other in a batch; the other is asked with its history at its end."""

    def looks(claim: Claim, prior: Prior | None) -> Verdict:
        """Looks."""
        return PASS if prior else no_data("claims-history", claim.day)

    engine = scrubber(history_edit(**common("looks"))(looks))
    one, other = engine.begin([(event(), False), (event(), True)])
    assert [entry["edit"] for entry in unanswered(engine.finish(one))] == ["looks"]

    assert unanswered(engine.finish(other, Prior(EMPTY, date(2024, 1, 1)))) == []


def test_records_without_an_outcome_shift_no_other() -> None:
    """Answers keep the order of the records, whatever stands between them."""
    raw = [orjson.dumps(one.event) for one in generate(3, SEED)]
    misfit = orjson.dumps(orjson.loads(raw[0]) | {"submission_id": "misfit", "claim": {}})
    texts = [raw[0], b"{", misfit, raw[1], b"", raw[2]]
    records = [Record("claims", number, 0, text) for number, text in enumerate(texts, start=1)]
    records.append(Record("claims", 7, 0, b"", "no text at all"))
    found = list(answers_of(build_scrubber(read_settings({})), records))
    assert [one.record.number for one in found] == [1, 2, 3, 4, 5, 6, 7]
    ids = [
        orjson.loads(one.outcome)["submission_id"] if isinstance(one, Answer) else None
        for one in found
    ]
    sent = [orjson.loads(text)["submission_id"] for text in raw]
    assert ids == [sent[0], None, "misfit", sent[1], None, sent[2], None]
    assert all(isinstance(found[place], DeadLetter) for place in (1, 4, 6))
