"""
One patient's earlier claims, as small as the edits allow: codes, days, and digests of the rest.

Pure: nothing here reads a clock or waits. The worker keeps the bytes of `encode` under the
patient's key and hands them back to `decode`; days are proleptic ordinals, 0 where there is none.

A claim that went out clean, or that a person released, is `accepted`; one in review is `pending`
and carries all that an accepted one does; of a rejected one only what tells whether it came back
unchanged is kept. Identifiers are kept as digests of eight bytes, which are equal where the
identifiers are, and say nothing else; names, birth dates and member ids are not kept at all.
"""

from bisect import insort
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from typing import Final, Literal

import msgspec

from scrubber.claim.duplicate_keys import bill_key
from scrubber.claim.model import Claim, Line
from scrubber.contracts.remittance import RemittanceEvent

FORMAT = 1
DIGEST_BYTES = 8
WAITING_DAYS = 90  # an unmatched remittance waits so long for its claim
NUMBERS_KEPT = 8  # a payer gives a claim another number with every adjustment
REPLACEMENT, VOID = "7", "8"
PENDING: Final = "pending"
ACCEPTED: Final = "accepted"
REPLACED: Final = "replaced"
VOIDED: Final = "voided"

State = Literal["pending", "accepted", "replaced", "voided"]
Disposition = Literal["clean", "rejected", "review"]


class HistoryFormatError(ValueError):
    """State that this release cannot read; `found` is its format, or -1 for damaged state."""

    def __init__(self, found: int) -> None:
        """Keep the part; the text names no value of the state."""
        what = "is damaged" if found < 0 else f"has format {found}"
        super().__init__(
            f"a patient's history {what}; this release reads format {FORMAT}: "
            "run the release that wrote it, or restore the state from its topic"
        )
        self.found = found


class Payment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the payer made of a claim; `status` is 835 CLP02."""

    status: str
    reversal: bool
    paid: bool
    denied: bool
    day: int


class PastLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """
    One service line of an earlier claim.

    `modifiers` are sorted and joined by blanks; `provider` and `specialty` are digests of NPI and
    taxonomy of who rendered it, `charge` is a digest of the amount.
    """

    number: int
    procedure: str
    modifiers: str
    first: int
    last: int
    place: str
    units: str
    charge: bytes
    provider: bytes
    specialty: bytes


class PastClaim(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """
    An earlier claim that counts, or may come to count.

    `content` digests what was billed, `editions` the versions it was judged by, `failing` are the
    edits that hold it: a pending claim has them, since it may be returned. `key` digests a hospital
    bill as a whole. `billing`, `group`, `payer`, `member` and `control` are digests of billing
    NPI, its tax id, destination payer, its member and the patient control number. `original` is
    the payer's claim number that a replacement or void names, `previous` the submission it names;
    `numbers` are the payer's numbers of this claim, the latest last. `packed` are the lines as
    MessagePack: most are never looked at, and go back as they came.
    """

    submission_id: str
    outcome_id: str
    revision: int
    state: State
    received: int
    content: bytes
    editions: bytes
    failing: tuple[str, ...]
    type: str
    frequency: str
    bill_type: str
    billing: bytes
    group: bytes
    payer: bytes
    member: bytes
    control: bytes
    original: bytes
    previous: str
    key: bytes
    admission: int
    first: int
    last: int
    packed: msgspec.Raw
    numbers: tuple[bytes, ...] = ()
    payment: Payment | None = None

    @property
    def lines(self) -> tuple[PastLine, ...]:
        """The service lines."""
        return _LINES.decode(self.packed)


class RejectedClaim(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A claim that never was: enough to tell that it comes back unchanged."""

    submission_id: str
    outcome_id: str
    revision: int
    received: int
    content: bytes
    editions: bytes
    failing: tuple[str, ...]


class WaitingPayment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A remittance whose claim has not come yet."""

    submission_id: str
    payer: bytes
    control: bytes
    number: bytes
    received: int
    payment: Payment


class PatientHistory(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of one patient; claims are in the order of received day and submission id."""

    claims: tuple[PastClaim, ...] = ()
    rejected: tuple[RejectedClaim, ...] = ()
    waiting: tuple[WaitingPayment, ...] = ()


EMPTY = PatientHistory()
_PREFIX = bytes((FORMAT,))
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(PatientHistory)
_LINES = msgspec.msgpack.Decoder(tuple[PastLine, ...])
_ORDER = attrgetter("received", "submission_id")
_NOT_BILLED = frozenset(
    (
        "submission_id",
        "submitter_id",
        "received",
        "received_latest",
        "test",
        "day",
        "by_day",
        "previous_submission",
        "coding",
        "is_ai_coded",
    )
)
_BILLED = attrgetter(*(name for name in Claim.__struct_fields__ if name not in _NOT_BILLED))


def _amount(value: Decimal) -> str:
    """Return the number, however many zeros it was written with."""
    return str(value.normalize())


_CONTENT = msgspec.msgpack.Encoder(enc_hook=_amount)


def encode(history: PatientHistory) -> bytes:
    """Return the history as bytes: the format's number, then MessagePack."""
    return _PREFIX + _ENCODER.encode(history)


def decode(value: bytes | None) -> PatientHistory:
    """Return the history in `value`, an empty one for `None`; raises `HistoryFormatError`."""
    if value is None:
        return EMPTY
    if not value.startswith(_PREFIX):
        raise HistoryFormatError(value[0] if value else -1)
    try:
        return _DECODER.decode(memoryview(value)[1:])
    except msgspec.DecodeError:
        raise HistoryFormatError(-1) from None


def remember(
    history: PatientHistory,
    claim: Claim,
    *,
    outcome_id: str,
    disposition: Disposition,
    failing: Iterable[str],
    versions: bytes,
    revision: int = 0,
) -> PatientHistory:
    """
    Return the history with this claim, in place of an earlier revision of the same submission.

    `failing` are the edits that hold the claim, `versions` is the outcome's. A test claim leaves
    the history as it is, and so does a revision older than the one known.
    """
    if claim.test:
        return history
    known = find(history, claim.submission_id)
    if known is not None and known.revision > revision:
        return history
    if disposition == "rejected":
        rejected = RejectedClaim(
            claim.submission_id,
            outcome_id,
            revision,
            claim.received.toordinal(),
            content_digest(claim),
            digest(versions),
            tuple(failing),
        )
        return _with_rejected(history, rejected)
    state: State = ACCEPTED if disposition == "clean" else PENDING
    past = _past_claim(claim, outcome_id, revision, state, tuple(failing), digest(versions))
    if isinstance(known, PastClaim):
        past = msgspec.structs.replace(past, numbers=known.numbers, payment=known.payment)
    return _joined(_with_claim(history, past), past.received)


def decided(
    history: PatientHistory, submission_id: str, *, outcome_id: str, revision: int, accepted: bool
) -> PatientHistory:
    """
    Return the history after a person released (`accepted`) or returned a pending claim.

    A submission that is unknown, not pending, or decided at this revision already stays as it is.
    """
    known = find(history, submission_id)
    if not isinstance(known, PastClaim) or known.state != PENDING or known.revision >= revision:
        return history
    if accepted:
        released = msgspec.structs.replace(
            known,
            outcome_id=outcome_id,
            revision=revision,
            state=ACCEPTED,
            content=b"",
            editions=b"",
            failing=(),
        )
        return _with_claim(history, released)
    returned = RejectedClaim(
        submission_id,
        outcome_id,
        revision,
        known.received,
        known.content,
        known.editions,
        known.failing,
    )
    return _with_rejected(history, returned)


def paid(history: PatientHistory, remittance: RemittanceEvent) -> tuple[PatientHistory, bool]:
    """
    Return the history with the payer's result, and whether its claim is known.

    The claim is the one of the submission id, else of payer and patient control number, else of
    payer and the payer's claim number. A result without a claim waits for it.
    """
    if remittance.test:
        return history, False
    today = remittance.received_at.date().toordinal()
    waiting = WaitingPayment(
        remittance.submission_id or "",
        digest_of(remittance.payer_id),
        digest_of(remittance.patient_control_number),
        digest_of(remittance.payer_claim_control_number),
        today,
        Payment(
            remittance.claim_status,
            remittance.reversal,
            Decimal(remittance.paid) > 0,
            remittance.denied,
            remittance.remittance_date.toordinal(),
        ),
    )
    target = _claim_of(history.claims, waiting)
    if target is not None:
        return _joined(_with_claim(history, _with_payment(target, waiting)), today), True
    others = [
        one for one in history.waiting if one != waiting and one.received + WAITING_DAYS >= today
    ]
    others.append(waiting)
    return msgspec.structs.replace(history, waiting=tuple(others)), False


def forget(history: PatientHistory, before: date) -> PatientHistory:
    """Return the history without what was received before a day; what is left counts as before."""
    first = before.toordinal()
    if not any(
        one.received < first
        for part in (history.claims, history.rejected, history.waiting)
        for one in part
    ):
        return history
    # A void that goes before its target does (events come late) must still hold.
    ended = superseded(history.claims)
    return PatientHistory(
        tuple(
            msgspec.structs.replace(one, state=ended[one.submission_id])
            if one.submission_id in ended
            else one
            for one in history.claims
            if one.received >= first
        ),
        tuple(one for one in history.rejected if one.received >= first),
        tuple(one for one in history.waiting if one.received >= first),
    )


def find(history: PatientHistory, submission_id: str) -> PastClaim | RejectedClaim | None:
    """Return the entry of a submission."""
    for one in history.claims:
        if one.submission_id == submission_id:
            return one
    for other in history.rejected:
        if other.submission_id == submission_id:
            return other
    return None


def superseded(claims: tuple[PastClaim, ...]) -> dict[str, State]:
    """
    Return which submissions an accepted replacement or void has ended, and how.

    The original is found by the payer's number, whichever of it and its successor came first.
    """
    ended: dict[str, State] = {}
    for one in claims:
        if one.state in (REPLACED, VOIDED):
            ended.setdefault(one.submission_id, one.state)
        if one.state == PENDING or not (one.original or one.previous):
            continue
        how: State = VOIDED if one.frequency == VOID else REPLACED
        for target in originals(claims, one):
            if ended.get(target.submission_id) != VOIDED:
                ended[target.submission_id] = how
    return ended


def originals(claims: tuple[PastClaim, ...], successor: PastClaim) -> Iterator[PastClaim]:
    """Yield the claims that a replacement or void names, to the same payer."""
    for one in claims:
        if one.submission_id != successor.submission_id and (
            one.submission_id == successor.previous
            or (
                one.payer == successor.payer
                and successor.original != b""
                and successor.original in one.numbers
            )
        ):
            yield one


def content_digest(claim: Claim) -> bytes:
    """Return a digest of all that is billed; who coded it and when it was sent is left out."""
    return digest(_CONTENT.encode(_BILLED(claim)))


def digest(text: bytes) -> bytes:
    """Return eight bytes that stand for `text`."""
    return blake2b(text, digest_size=DIGEST_BYTES).digest()


# Identifiers of providers and payers come again and again.
@lru_cache(maxsize=16384)
def digest_of(identifier: str) -> bytes:
    """Return eight bytes that stand for an identifier; none for none."""
    return digest(identifier.encode()) if identifier else b""


def uncached_digest(identifier: str) -> bytes:
    """Return the same as `digest_of` for an identifier of the patient, which no cache keeps."""
    return digest(identifier.encode()) if identifier else b""


def member_digest(claim: Claim) -> bytes:
    """Return what stands for the destination's member id, which no cache keeps."""
    payer = claim.destination
    member = payer.subscriber.member_id
    return digest(f"{payer.payer_id}\x1f{member}".encode()) if member else b""


def past_line(claim: Claim, line: Line) -> PastLine:
    """Return a line as the history keeps it, which is how lines are compared with it."""
    return PastLine(
        line.number,
        line.procedure,
        " ".join(sorted(line.modifiers)) if line.modifiers else "",
        line.service_from.toordinal() if line.service_from else 0,
        line.service_to.toordinal() if line.service_to else 0,
        line.place_of_service,
        "" if line.units is None else _plain(line.units),
        b"" if line.charge is None else digest(_plain(line.charge).encode()),
        *who_rendered(claim, line),
    )


# Counts and charges come again and again.
@lru_cache(maxsize=4096)
def _plain(number: Decimal) -> str:
    """Return a number's digits, however many zeros it was written with."""
    return format(number.normalize(), "f")


def who_rendered(claim: Claim, line: Line) -> tuple[bytes, bytes]:
    """Return what stands for the provider of a line and for the provider's specialty."""
    return digest_of(line.rendering_npi), digest_of(_taxonomy(claim, line))


def _taxonomy(claim: Claim, line: Line) -> str:
    """Return the specialty of who rendered a line, as far as the claim states it."""
    own, rendering = line.rendering_provider, claim.rendering_provider
    if own.taxonomy or own.npi not in ("", rendering.npi):
        return own.taxonomy
    return rendering.taxonomy or ("" if rendering.npi else claim.billing_provider.taxonomy)


def _past_claim(
    claim: Claim,
    outcome_id: str,
    revision: int,
    state: State,
    failing: tuple[str, ...],
    editions: bytes,
) -> PastClaim:
    succeeds = claim.claim_frequency_code in (REPLACEMENT, VOID)
    hospital = claim.type == "institutional"
    lines = tuple([past_line(claim, line) for line in claim.lines])
    admitted = claim.admission.date
    return PastClaim(
        claim.submission_id,
        outcome_id,
        revision,
        state,
        claim.received.toordinal(),
        content_digest(claim) if state == PENDING else b"",
        editions if state == PENDING else b"",
        failing if state == PENDING else (),
        claim.type,
        claim.claim_frequency_code,
        claim.bill_type,
        digest_of(claim.billing_provider.npi),
        digest_of(claim.billing_provider.tax_id),
        digest_of(claim.destination.payer_id),
        member_digest(claim),
        uncached_digest(claim.patient_control_number),
        uncached_digest(claim.payer_claim_control_number) if succeeds else b"",
        claim.previous_submission.submission_id if succeeds else "",
        bill_key(claim) if hospital else b"",
        admitted.toordinal() if admitted else 0,
        *_days(claim, lines),
        msgspec.Raw(_ENCODER.encode(lines)),
    )


def _days(claim: Claim, lines: tuple[PastLine, ...]) -> tuple[int, int]:
    """Return the first and last day of a claim: a hospital states them, of others the lines'."""
    if claim.type == "institutional":
        return (
            claim.statement_from.toordinal() if claim.statement_from else 0,
            claim.statement_to.toordinal() if claim.statement_to else 0,
        )
    return min([one.first for one in lines], default=0), max([one.last for one in lines], default=0)


def _without(history: PatientHistory, submission_id: str) -> PatientHistory:
    return PatientHistory(
        tuple([one for one in history.claims if one.submission_id != submission_id]),
        tuple([one for one in history.rejected if one.submission_id != submission_id]),
        history.waiting,
    )


def _with_claim(history: PatientHistory, past: PastClaim) -> PatientHistory:
    others = _without(history, past.submission_id)
    claims = list(others.claims)
    insort(claims, past, key=_ORDER)
    return PatientHistory(tuple(claims), others.rejected, others.waiting)


def _with_rejected(history: PatientHistory, rejected: RejectedClaim) -> PatientHistory:
    others = _without(history, rejected.submission_id)
    entries = list(others.rejected)
    insort(entries, rejected, key=_ORDER)
    return PatientHistory(others.claims, tuple(entries), others.waiting)


def _joined(history: PatientHistory, today: int) -> PatientHistory:
    """Give waiting payments to the claims that have come; those that waited too long are gone."""
    if not history.waiting:
        return history
    left: list[WaitingPayment] = []
    for waiting in history.waiting:
        if waiting.received + WAITING_DAYS < today:
            continue
        target = _claim_of(history.claims, waiting)
        if target is None:
            left.append(waiting)
        else:
            history = _with_claim(history, _with_payment(target, waiting))
    found = len(left) < len(history.waiting)
    history = PatientHistory(history.claims, history.rejected, tuple(left))
    # A payment brings a number, by which another may find the claim.
    return _joined(history, today) if found else history


def _claim_of(claims: tuple[PastClaim, ...], waiting: WaitingPayment) -> PastClaim | None:
    """Return the claim that a payment is for; of several the numbered one, else the last."""
    for one in claims:
        if waiting.submission_id and one.submission_id == waiting.submission_id:
            return one
    own = [one for one in claims if one.payer == waiting.payer]
    numbered = [one for one in own if waiting.number != b"" and waiting.number in one.numbers]
    controlled = [one for one in own if waiting.control != b"" and one.control == waiting.control]
    both = [one for one in controlled if one in numbered]
    unpaid = [one for one in controlled if one.payment is None]
    return next((some[-1] for some in (both, unpaid, controlled, numbered) if some), None)


def _with_payment(claim: PastClaim, waiting: WaitingPayment) -> PastClaim:
    """Return the claim with the payer's result; a later one stands before an earlier."""
    numbers = claim.numbers
    if waiting.number != b"" and waiting.number not in numbers:
        numbers = (*numbers, waiting.number)[-NUMBERS_KEPT:]
    known = claim.payment
    payment = known if known is not None and known.day > waiting.payment.day else waiting.payment
    return msgspec.structs.replace(claim, numbers=numbers, payment=payment)
