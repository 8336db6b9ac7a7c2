"""What a patient's history keeps, for how long, and what the payer's answers make of it."""

from datetime import date
from typing import Any

import msgspec
import pytest

from scrubber.claim.history import (
    EMPTY,
    FORMAT,
    HistoryFormatError,
    PastClaim,
    PatientHistory,
    RejectedClaim,
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
from tests.twins import claim_of, remittance

SINCE = date(2010, 1, 1)


def claim(submission_id: str = "e-1", received: str = "2024-08-16", **changes: Any) -> Claim:
    """Return the professional base claim, changed."""
    return claim_of("professional", {"with": changes}, submission_id, received)


def kept(history: PatientHistory, given: Claim, disposition: Any = "clean", **more: Any) -> PatientHistory:  # fmt: skip
    """Return the history with a claim of this disposition."""
    said: dict[str, Any] = {"outcome_id": "o-1", "failing": ["an-edit"], "versions": b"v1"}
    return remember(history, given, disposition=disposition, **(said | more))


def of(*given: Claim) -> PatientHistory:
    """Return a history of clean claims."""
    history = EMPTY
    for one in given:
        history = kept(history, one)
    return history


def counting(history: PatientHistory) -> list[str]:
    """Return the submissions that count as accepted."""
    return [one.submission_id for one in Prior(history, SINCE).accepted]


def entry(history: PatientHistory, submission_id: str = "e-1") -> PastClaim:
    """Return a claim that is known not to be rejected."""
    found = find(history, submission_id)
    assert isinstance(found, PastClaim)
    return found


def test_a_history_comes_back_from_its_bytes() -> None:
    """Claims, rejected ones and waiting payments survive; nothing is an empty history."""
    history = kept(of(claim("e-1"), claim("e-2")), claim("e-3"), "rejected")
    history, _ = paid(history, remittance("e-1", "2024-09-01", "ICN-1"))
    history, _ = paid(history, remittance("e-9", "2024-09-01", "ICN-2", payer_id="x"))
    assert decode(encode(history)) == history
    assert decode(None) == EMPTY == decode(encode(EMPTY))


@pytest.mark.parametrize("value", [b"", bytes((FORMAT,)), bytes((FORMAT,)) + b"\xff"])
def test_damaged_state_is_told(value: bytes) -> None:
    """State that does not read is an error, never an empty history."""
    with pytest.raises(HistoryFormatError, match="is damaged"):
        decode(value)


def test_the_format_of_another_release_is_told() -> None:
    """An unknown format names itself and the remedy."""
    with pytest.raises(HistoryFormatError, match="has format 9; this release reads format 1: run"):
        decode(b"\x09" + encode(EMPTY)[1:])


def test_no_word_of_the_patient_is_kept() -> None:
    """Names, birth dates, member ids, NPIs, tax ids and claim numbers are not in the bytes."""
    history = kept(of(claim()), claim("e-2", payer_claim_control_number="ICN-7", claim_frequency_code="7"), "review")  # fmt: skip
    history, _ = paid(history, remittance("e-1", "2024-09-01", "ICN-1"))
    value = encode(history)
    for word in ("SAMPLE", "PAT", "1950", "1EG4TE5MK73", "1245319599", "1234567893", "123456789",
                 "207Q00000X", "PCN-1001", "ICN-", "05102", "150.00", "OMAHA"):  # fmt: skip
        assert word.encode() not in value


def test_a_test_claim_and_a_test_remittance_leave_no_trace() -> None:
    """What is marked as a test never enters."""
    assert kept(EMPTY, msgspec.structs.replace(claim(), test=True)) == EMPTY
    assert paid(of(claim()), remittance("e-1", "2024-09-01", "I", test=True)) == (of(claim()), False)  # fmt: skip


def test_a_redelivered_claim_changes_nothing() -> None:
    """The same revision again keeps payment and place; an older one is ignored."""
    history = of(claim("e-1"), claim("e-2"))
    history, _ = paid(history, remittance("e-1", "2024-09-01", "ICN-1"))
    assert kept(history, claim("e-1")) == history
    later = kept(history, claim("e-1"), outcome_id="o-2", revision=1)
    assert kept(later, claim("e-1"), "rejected") == later


def test_a_correction_replaces_its_submission() -> None:
    """Rejected, then clean: one entry, and the other way round."""
    rejected = kept(EMPTY, claim(), "rejected")
    assert find(rejected, "e-1") == rejected.rejected[0]
    clean = kept(rejected, claim(), revision=1)
    assert (len(clean.claims), clean.rejected) == (1, ())
    again = kept(clean, claim(), "rejected", revision=2)
    assert (again.claims, len(again.rejected)) == ((), 1)
    assert find(again, "e-7") is None


def test_a_release_accepts_and_a_return_rejects_what_waited() -> None:
    """A decision turns the pending claim into what its outcome says."""
    waits = kept(kept(EMPTY, claim(), "review"), claim("e-0"), "rejected")
    assert counting(waits) == []
    out = decided(waits, "e-1", outcome_id="o-2", revision=1, accepted=True)
    assert counting(out) == ["e-1"]
    assert entry(out) == entry(kept(EMPTY, claim(), outcome_id="o-2", revision=1))
    back = decided(waits, "e-1", outcome_id="o-2", revision=1, accepted=False)
    assert counting(back) == []
    found = find(back, "e-1")
    assert isinstance(found, RejectedClaim)
    assert (found.outcome_id, found.failing, found.revision) == ("o-2", ("an-edit",), 1)
    direct = find(kept(EMPTY, claim(), "rejected"), "e-1")
    assert isinstance(direct, RejectedClaim)
    assert found.content == direct.content
    for history, submission in ((out, "e-1"), (back, "e-1"), (waits, "e-0"), (waits, "e-5")):
        assert decided(history, submission, outcome_id="o-3", revision=2, accepted=False) == history
    assert decided(waits, "e-1", outcome_id="o-3", revision=0, accepted=True) == waits


def test_a_void_ends_the_claim_that_it_names() -> None:
    """By the payer's number, whichever of void and remittance came first, and only when accepted."""
    void = claim("e-2", claim_frequency_code="8", payer_claim_control_number="ICN-1")
    numbered, _ = paid(of(claim()), remittance("e-1", "2024-09-01", "ICN-1"))
    assert counting(kept(numbered, void)) == []
    assert counting(kept(numbered, void, "review")) == ["e-1"]
    assert counting(kept(numbered, void, "rejected")) == ["e-1"]
    late, _ = paid(kept(of(claim()), void), remittance("e-1", "2024-09-01", "ICN-1"))
    assert counting(late) == []
    other = claim("e-2", claim_frequency_code="8", payer_claim_control_number="ICN-2")
    assert counting(kept(numbered, other)) == ["e-1"]
    elsewhere = claim("e-2", claim_frequency_code="8", payer_claim_control_number="ICN-1", **{"payers[0].payer_id": "05202"})  # fmt: skip
    assert counting(kept(numbered, elsewhere)) == ["e-1"]


def test_a_replacement_takes_the_place_of_its_original() -> None:
    """Chains hold: each names the number of the last; a void of the last ends them all."""
    history, _ = paid(of(claim()), remittance("e-1", "2024-09-01", "ICN-1"))
    second = claim("e-2", "2024-09-02", claim_frequency_code="7", payer_claim_control_number="ICN-1")  # fmt: skip
    history, _ = paid(kept(history, second), remittance("e-2", "2024-09-09", "ICN-2"))
    assert counting(history) == ["e-2"]
    third = claim("e-3", "2024-09-10", claim_frequency_code="8", payer_claim_control_number="ICN-2")
    assert counting(kept(history, third)) == []
    again = claim("e-4", "2024-09-11", claim_frequency_code="7", payer_claim_control_number="ICN-1")
    assert counting(kept(kept(history, third), again)) == ["e-4"]


def test_a_replacement_may_name_the_submission() -> None:
    """Where the payer's number is not known yet, `previous_submission` names the original."""
    second = claim("e-2", claim_frequency_code="7", previous_submission={"submission_id": "e-1"})
    assert counting(kept(of(claim()), second)) == ["e-2"]


def test_a_void_outlives_its_target() -> None:
    """Forgetting the void first leaves its target ended; the same for a replacement."""
    for frequency, state in (("8", "voided"), ("7", "replaced")):
        early = claim("e-2", "2024-08-10", claim_frequency_code=frequency, payer_claim_control_number="ICN-1")  # fmt: skip
        history, _ = paid(of(early, claim("e-1"), claim("e-3")), remittance("e-1", "2024-09-01", "ICN-1"))  # fmt: skip
        left = forget(history, date(2024, 8, 12))
        assert entry(left).state == state
        assert counting(left) == ["e-3"]
        assert forget(left, date(2024, 8, 12)) is left
        assert counting(forget(kept(left, claim("e-4")), date(2024, 8, 17))) == []
        void = claim("e-5", claim_frequency_code="8", payer_claim_control_number="ICN-1")
        assert counting(kept(left, void)) == ["e-3"]


def test_what_is_older_than_retention_is_forgotten() -> None:
    """By the received day: the day itself stays, the day before goes."""
    history = kept(of(claim("e-1", "2024-08-15"), claim("e-2", "2024-08-16")), claim("e-3", "2024-08-15"), "rejected")  # fmt: skip
    history, _ = paid(history, remittance("e-9", "2024-08-15", "I", payer_id="x"))
    assert forget(history, date(2024, 8, 15)) is history
    left = forget(history, date(2024, 8, 16))
    assert [one.submission_id for one in left.claims] == ["e-2"]
    assert (left.rejected, left.waiting) == ((), ())


def test_a_payment_finds_its_claim() -> None:
    """By submission id, else payer and control number, else payer and the payer's number."""
    history, found = paid(of(claim()), remittance("e-1", "2024-09-01", "ICN-1", payer_id="x"))
    assert found
    assert entry(history).payment is not None
    history, found = paid(of(claim()), remittance(None, "2024-09-01", "ICN-1"))
    assert found
    history, found = paid(history, remittance(None, "2024-09-02", "ICN-1", patient_control_number="P", paid="0.00", claim_status="4"))  # fmt: skip
    assert found
    payment = entry(history).payment
    assert payment is not None
    assert (payment.denied, payment.paid, payment.status) == (True, False, "4")
    assert len(entry(history).numbers) == 1
    unchanged, found = paid(history, remittance(None, "2024-09-01", "ICN-1"))
    assert found
    assert entry(unchanged).payment == payment


def test_of_claims_with_one_control_number_the_numbered_one_is_paid_else_one_unpaid() -> None:
    """An original and its replacement share the provider's number; the payer's tells them apart."""
    history = of(claim("e-1"), claim("e-2", "2024-08-20", total_charge="251.00"))
    history, _ = paid(history, remittance("e-2", "2024-09-01", "ICN-2"))
    history, _ = paid(history, remittance(None, "2024-09-02", "ICN-1"))
    assert entry(history, "e-1").payment is not None
    reversal = remittance(None, "2024-09-03", "ICN-1", reversal=True, claim_status="22", paid="-72.00")  # fmt: skip
    history, _ = paid(history, reversal)
    assert [one.payment.reversal for one in history.claims if one.payment] == [True, False]
    history, _ = paid(history, remittance(None, "2024-09-04", "ICN-3"))
    assert len(entry(history, "e-2").numbers) == 2


def test_a_payment_waits_for_its_claim() -> None:
    """Ninety days of event time; what waits is not doubled by a redelivery."""
    history, found = paid(EMPTY, remittance("e-1", "2024-09-01", "ICN-1"))
    assert not found
    assert len(history.waiting) == 1
    assert paid(history, remittance("e-1", "2024-09-01", "ICN-1"))[0] == history
    joined = kept(history, claim())
    assert joined.waiting == ()
    assert entry(joined).payment is not None
    stranger = kept(history, claim("e-7", **{"payers[0].payer_id": "05202"}))
    assert len(stranger.waiting) == 1
    last, _ = paid(history, remittance("e-8", "2024-11-30", "ICN-8"))
    assert len(last.waiting) == 2
    over, _ = paid(history, remittance("e-8", "2024-12-01", "ICN-8"))
    assert len(over.waiting) == 1
    assert kept(history, claim("e-1", "2024-12-01")).waiting == ()
    assert entry(kept(history, claim("e-1", "2024-12-01"))).payment is None


def test_a_released_claim_keeps_what_the_payer_said() -> None:
    """The payment of a claim stays through its revisions."""
    history, _ = paid(kept(EMPTY, claim(), "review"), remittance("e-1", "2024-09-01", "ICN-1"))
    out = decided(history, "e-1", outcome_id="o-2", revision=1, accepted=True)
    assert entry(out).payment is not None
    assert entry(kept(out, claim(), revision=2)).payment is not None


def test_the_specialty_is_that_of_who_rendered_the_line() -> None:
    """The line's own, else the claim's, else the billing provider's where it rendered itself."""
    rendered = {"npi": "1306849450", "taxonomy": "208D00000X"}
    groups = [
        {"lines[0].rendering_provider": rendered},
        {"rendering_provider": rendered},
        {"lines[0].rendering_provider": {"npi": "1306849450"}},
        {"lines[0].rendering_provider": {"npi": "1245319599"}},
        {"rendering_provider": {"npi": ""}},
        {},
    ]
    found = [entry(of(claim(**one))).lines[0].specialty for one in groups]
    own, billing = found[0], found[4]
    assert found == [own, own, b"", b"", billing, b""]
    assert own != billing != b""


def test_the_submission_at_hand_is_no_repeat_of_itself() -> None:
    """A correction is judged against the history without its own earlier revision."""
    history = kept(of(claim("e-1"), claim("e-2")), claim("e-3"), "rejected")
    prior = Prior(history, SINCE, without="e-1")
    assert [one.submission_id for one in prior.accepted] == ["e-2"]
    assert [one.submission_id for one in prior.rejected] == ["e-3"]
    assert Prior(history, SINCE, without="e-3").rejected == ()
