"""Whatever claims, decisions and remittances come, and come again: the history keeps its word."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.claim.history import (
    EMPTY,
    PastClaim,
    PatientHistory,
    decided,
    decode,
    encode,
    find,
    forget,
    paid,
    remember,
)
from scrubber.claim.model import Claim
from scrubber.claim.prior import Prior
from scrubber.edits.edit import Edit
from scrubber.edits.registry import all_edits
from scrubber.edits.verdict import Bypassed, Fail
from scrubber.payers.pack import PayerPack
from scrubber.pipeline.plan import Plan
from scrubber.pipeline.run import run
from scrubber.reference.shelf import Shelf
from tests.twins import claim_of, remittance

QUIET = settings(max_examples=120, deadline=None)
DAY = date(2024, 7, 1)
EVER = date(1900, 1, 1)
SCHEDULE = {
    "pprrvu": [
        {"code": "27447", "glob_days": "090"},
        {"code": "12001", "glob_days": "010"},
        {"code": "99213", "glob_days": "XXX"},
        {"code": "99203", "glob_days": "XXX"},
        {"code": "G0439", "glob_days": "XXX"},
    ],
    "ncci-ptp-practitioner": [],
}

#: What one event of a stream is: a claim, a decision or a remittance, each about few of each kind.
number = st.integers(1, 4)
claims = st.tuples(
    st.just("claim"),
    number,
    st.sampled_from(["clean", "review", "rejected"]),
    st.integers(0, 40),
    st.sampled_from(["99213", "99203", "27447", "12001", "G0439"]),
    st.sampled_from(["1", "1", "1", "7", "8"]),
    number,
)
event = st.one_of(
    claims,
    st.tuples(st.just("decision"), number, st.booleans()),
    st.tuples(st.just("paid"), number, number, st.booleans(), st.integers(0, 60)),
)
Events = list[Any]


def one_each(most: int) -> st.SearchStrategy[Events]:
    """Return claims of which no two are of one submission."""
    return st.lists(claims, max_size=most, unique_by=lambda one: one[1])


@cache
def claim(submission: int, day: int, code: str, frequency: str, original: int) -> Claim:
    """Return a claim of one line that was received a day after its service."""
    served = DAY + timedelta(days=day)
    spec: dict[str, Any] = {
        "patient_control_number": f"PCN-{submission}",
        "claim_frequency_code": frequency,
        "rendering_provider.taxonomy": "207Q00000X",
        "lines": [{"number": "1", "procedure": code, "service_from": served.isoformat(), "charge": "80.00", "units": "1"}],
    }  # fmt: skip
    if frequency != "1":
        spec["payer_claim_control_number"] = f"ICN-{original}"
    received = (served + timedelta(days=1)).isoformat()
    return claim_of("professional", {"with": spec}, f"e-{submission}", received)


def after(history: PatientHistory, one: Any) -> PatientHistory:
    """Return the history after an event; a claim comes once more with each repeat of its event."""
    kind, submission, *rest = one
    if kind == "claim":
        disposition, *facts = rest
        return remember(
            history,
            claim(submission, *facts),
            outcome_id=f"o-{submission}",
            disposition=disposition,
            failing=["an-edit"],
            versions=b"v1",
        )
    if kind == "decision":
        return decided(history, f"e-{submission}", outcome_id="o-d", revision=1, accepted=rest[0])
    icn, by_id, day = rest
    received = (DAY + timedelta(days=day)).isoformat()
    submission_id = f"e-{submission}" if by_id else None
    named = remittance(submission_id, received, f"ICN-{icn}", patient_control_number=f"PCN-{submission}")  # fmt: skip
    return paid(history, named)[0]


def told(events: Events) -> PatientHistory:
    """Return the history that the events make."""
    history = EMPTY
    for one in events:
        history = after(history, one)
    return history


@cache
def plan() -> Plan:
    """Return a plan of the edits that read the history."""
    edits: tuple[Edit, ...] = tuple(edit for edit in all_edits() if edit.scope == "history")
    pack = PayerPack("twin@1", False, {}, {}, {})
    return Plan("professional", pack, edits, Shelf.of_rows(SCHEDULE))


def complaints(given_claim: Claim, history: PatientHistory, since: date = EVER) -> set[tuple[str, type]]:  # fmt: skip
    """Return which edits fail or are bypassed, the note of a redelivery apart."""
    said = run(plan(), given_claim, Prior(history, since)).said
    return {
        (one.edit.id, type(one.verdict))
        for one in said
        if isinstance(one.verdict, Fail | Bypassed) and one.edit.id != "event-redelivered"
    }


@QUIET
@given(st.lists(event, max_size=12))
def test_a_history_is_its_bytes(events: Events) -> None:
    """Decoding what was encoded gives the same history, and the same bytes again."""
    history = told(events)
    value = encode(history)
    assert decode(value) == history
    assert encode(decode(value)) == value


@QUIET
@given(st.lists(event, max_size=12), st.data())
def test_a_redelivered_event_changes_nothing(events: Events, data: st.DataObject) -> None:
    """The last event again leaves the history as it is, and each submission has one entry."""
    history = told(events)
    if events:
        assert after(history, events[-1]) == history
    ids = [one.submission_id for one in (*history.claims, *history.rejected)]
    assert len(ids) == len(set(ids))
    if history.claims:
        own = data.draw(st.sampled_from(history.claims))
        alone = PatientHistory((own,), (), ())
        facts = next(e for e in reversed(events) if e[0] == "claim" and f"e-{e[1]}" == own.submission_id)  # fmt: skip
        assert complaints(claim(facts[1], *facts[3:]), alone) <= {
            ("replacement-identity-changed", Fail)
        }


@QUIET
@given(st.lists(event, max_size=12), st.integers(0, 60), st.integers(0, 90))
def test_forgetting_makes_no_complaint(events: Events, cut: int, day: int) -> None:
    """What is said after forgetting was said before; a shorter history only says `no_data`."""
    history = told(events)
    before = DAY + timedelta(days=cut)
    left = forget(history, before)
    for code in ("99213", "99203", "12001", "G0439"):
        for frequency in ("1", "7"):
            asked = claim(9, day, code, frequency, 1)
            assert complaints(asked, left, before) <= complaints(asked, history)
    assert forget(left, before) == left


@QUIET
@given(st.lists(event, max_size=10))
def test_an_accepted_void_removes_its_target(events: Events) -> None:
    """Whatever came before, a claim whose number is voided counts no more, and never again."""
    history = told(events)
    for target in [one for one in history.claims if one.numbers and one.state == "accepted"]:
        icn = next(n for n in range(1, 5) if _numbered(n) in target.numbers)
        voided = after(history, ("claim", 8, "clean", 41, "99213", "8", icn))
        assert target.submission_id not in _counting(voided)
        assert "e-8" not in _counting(voided)
        later = forget(voided, DAY)
        assert target.submission_id not in _counting(later)


@QUIET
@given(one_each(5), st.randoms())  # fmt: skip
def test_the_order_of_arrival_does_not_matter(events: Events, random: Any) -> None:
    """Claims with one revision each give one history, in whatever order they come."""
    shuffled = list(events)
    random.shuffle(shuffled)
    assert told(shuffled) == told(events)
    assert encode(told(shuffled)) == encode(told(events))


@QUIET
@given(one_each(4), number)  # fmt: skip
def test_a_payment_before_its_claim_is_a_payment_after_it(events: Events, submission: int) -> None:
    """Within its ninety days a remittance joins its claim, whichever came first."""
    payment = ("paid", submission, submission, True, 41)
    first, last = told([payment, *events]), told([*events, payment])
    found = find(last, f"e-{submission}")
    if isinstance(found, PastClaim):
        assert first == last


def _counting(history: PatientHistory) -> set[str]:
    return {one.submission_id for one in Prior(history, EVER).accepted}


@cache
def _numbered(icn: int) -> bytes:
    history = after(after(EMPTY, ("claim", 1, "clean", 0, "99213", "1", 1)), ("paid", 1, icn, True, 9))  # fmt: skip
    return history.claims[0].numbers[0]
