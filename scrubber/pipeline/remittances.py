"""
The claims of an 835 to remittance events: whose claim it was, only the submission tells.

An 835 knows no birth date, so no patient key can be made of it. It names the claim by the
provider's own number (CLP01, which is the CLM01 of the submission) and the payee; the member, or
charge and days, must agree too. Where several submissions do, what else the two have in common
tells them apart; where that does not suffice, nothing is guessed
(docs/decisions/0014-whose-remittance.md).
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

import orjson

from scrubber.claim.compile import compile_claim
from scrubber.contracts.claim import SCHEMA_VERSION, ClaimEvent
from scrubber.contracts.decode import decode_claim_event
from scrubber.contracts.keys import patient_key
from scrubber.reference.shelf import Shelf
from scrubber.x12.paid_claims import PaidClaim

Json = dict[str, Any]

GROUPS: Final = frozenset(("CO", "OA", "PI", "PR"))  # CAS01
STATUSES: Final = frozenset(("1", "2", "3", "4", "19", "20", "21", "22", "23", "25"))  # CLP02
#: As which payer one has processed the claim, by CLP02.
PROCESSED_AS: Final = {"1": "P", "19": "P", "2": "S", "20": "S", "3": "T", "21": "T"}
LONGEST_CODE: Final = 3
_UNSAID: Final = "1970-01-01T00:00:00Z"  # an outcome does not say when its claim was submitted


class SentLine(NamedTuple):
    """What a service line is known by; `control` is the provider's own number of it (REF 6R)."""

    number: int
    codes: tuple[str, str]
    modifiers: list[str]
    charge: Decimal | None
    day: str
    control: str


class SentPayer(NamedTuple):
    """A payer of a submitted claim."""

    id: str
    responsibility: str


@dataclass(frozen=True, slots=True)
class SentClaim:
    """
    What a submitted claim is known by.

    `key` is its patient's, `original` the payer's number of the claim that it replaces or voids.
    """

    key: str
    submission_id: str
    control: str
    type: str
    frequency: str
    original: str
    charge: Decimal | None
    billed_by: frozenset[str]
    members: frozenset[str]
    payers: tuple[SentPayer, ...]
    destination: SentPayer
    lines: tuple[SentLine, ...]


class NoSuchClaimError(LookupError):
    """An 835 claim that belongs to no submitted claim, or not to one alone; the text says which."""

    def __init__(self, reason: str, *, several: bool = False) -> None:
        """Keep the parts; the text names no value."""
        super().__init__(reason)
        self.several = several


class SentClaims:
    """The submitted claims that remittances are about, to be found by what an 835 says."""

    def __init__(self, controls: Collection[str], secret: bytes = b"") -> None:
        """Look out for these patient control numbers; keys are made with the secret."""
        self._controls = frozenset(map(_control, controls))
        self._secret = secret
        self._claims: dict[str, dict[str, SentClaim]] = {}

    def add(self, raw: bytes, key: str = "") -> None:
        """
        Take in a claim event or an outcome event, unless no remittance is about it.

        `key` is the patient key, where the record has one. Of two outcomes of a submission the
        later stands. Raises `Undecodable` or `SchemaInvalid`.
        """
        try:
            event = orjson.loads(raw)
            control = _control(event["claim"]["patient_control_number"])
        except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError):
            decode_claim_event(raw)  # a claim without a number is one, and is not looked for
            return
        if control not in self._controls:
            return
        if "outcome_id" in event:
            raw = orjson.dumps(
                {
                    "schema_version": SCHEMA_VERSION,
                    "submission_id": event.get("submission_id"),
                    "submitted_at": _UNSAID,
                    "claim": event["claim"],
                }
            )
        decoded = decode_claim_event(raw).event
        sent = _sent(decoded, event["claim"], key or patient_key(decoded, self._secret))
        self._claims.setdefault(control, {})[sent.submission_id] = sent

    def find(self, paid: PaidClaim) -> SentClaim:
        """Return the submitted claim that an 835 claim is about; raises `NoSuchClaimError`."""
        control = _control(paid.event["patient_control_number"])
        found = [
            one
            for one in self._claims.get(control, {}).values()
            if not paid.payees.isdisjoint(one.billed_by) and _may_be_of(paid, one)
        ]
        for alike in _ALIKE:
            if len(found) > 1:
                found = [one for one in found if alike(paid, one)] or found
        if len(found) == 1:
            return found[0]
        if found:
            raise NoSuchClaimError(
                f"{len(found)} submitted claims are alike in all that it states", several=True
            )
        raise NoSuchClaimError("no submitted claim has its number, payee, and member or charge")


def remittance_event(paid: PaidClaim, sent: SentClaim, received_at: str = "") -> Json:
    """
    Return the event of an 835 claim for the claim that it is about.

    `received_at` stands for the moment that the file states. Raises `NoSuchClaimError` when the
    result is of another payer of that claim, and it does not say of which.
    """
    payer = _payer_of(paid, sent)
    event = paid.event | {
        "payer_id": payer.id or paid.event["payer_id"],
        # The submission went to one payer; what another made of the claim is no answer to it.
        "submission_id": sent.submission_id if payer is sent.destination else None,
        "patient_control_number": sent.control,
        "claim_type": sent.type,
        "lines": [line | {"number": _number_of(line, sent.lines)} for line in paid.event["lines"]],
    }
    if received_at:
        event["received_at"] = received_at
    return event


def unusual_codes(event: Json, shelf: Shelf) -> Iterator[str]:
    """Yield what to say of status, groups and reasons that are not in their lists, once each."""
    status, day = event["claim_status"], event["remittance_date"]
    if status not in STATUSES:
        yield f"{_shown(status)} is no claim status of an 835"
    if event["reversal"] and Decimal(event["total_charge"]) > 0:
        yield "a reversal states a positive charge"
    adjusted = [*event["adjustments"], *(a for line in event["lines"] for a in line["adjustments"])]
    for group in sorted({one["group"] for one in adjusted} - GROUPS):
        yield f"{_shown(group)} is no adjustment group of an 835"
    codes = shelf.as_of("carc", date.fromisoformat(day))
    if codes is None:
        return
    for reason in sorted({one["reason"] for one in adjusted}):
        if codes.status(reason) != "in_force":
            edition = f"carc@{codes.version}"
            yield f"{_shown(reason)} is no adjustment reason in force on {day} ({edition})"


def _shown(code: str) -> str:
    return code if len(code) <= LONGEST_CODE else f"({len(code)} characters)"


def _control(number: str) -> str:
    """Return a patient control number as payers give it back: some in capitals."""
    return number.strip().upper()


def _sent(event: ClaimEvent, as_sent: Json, key: str) -> SentClaim:
    claim = compile_claim(event)
    billing = claim.billing_provider
    controls = _line_controls(as_sent)
    payers = tuple(SentPayer(one.payer_id, one.responsibility) for one in claim.payers)
    at = claim.destination.index
    return SentClaim(
        key,
        claim.submission_id,
        claim.patient_control_number,
        claim.type,
        claim.claim_frequency_code,
        claim.payer_claim_control_number,
        claim.total_charge,
        frozenset(number for number in (billing.npi, billing.tax_id) if number),
        frozenset(one.subscriber.member_id.strip().upper() for one in claim.payers),
        payers,
        payers[at] if payers else SentPayer("", ""),
        tuple(
            SentLine(
                line.number,
                (line.procedure, line.revenue_code),
                sorted(line.modifiers),
                line.charge,
                line.service_from.isoformat() if line.service_from else "",
                controls.get(line.index + 1, ""),
            )
            for line in claim.lines
        ),
    )


def _line_controls(claim: Json) -> dict[int, str]:
    """Return the provider's own numbers of lines, by position; the 837 reader keeps them so."""
    found: dict[int, str] = {}
    x12 = claim.get("x12") or {}
    for kept in x12.get("segments", ()):
        elements = kept["segment"].split(x12["delimiters"][0])
        if elements[:2] == ["REF", "6R"] and "line" in kept:
            found[kept["line"]] = elements[2].strip()
    return found


# What an 835 says of a claim besides number and payee, the surest first. Each only tells apart
# claims of which some agree: a payer may have changed it.


def _to_its_payer(paid: PaidClaim, sent: SentClaim) -> bool:
    return sent.destination.id.upper() in paid.payers


def _of_its_member(paid: PaidClaim, sent: SentClaim) -> bool:
    return not sent.members.isdisjoint(paid.members)


def _as_processed(paid: PaidClaim, sent: SentClaim) -> bool:
    return PROCESSED_AS.get(paid.event["claim_status"]) == sent.destination.responsibility


def _of_its_frequency(paid: PaidClaim, sent: SentClaim) -> bool:
    return paid.event.get("claim_frequency_code") == sent.frequency


def _not_its_successor(paid: PaidClaim, sent: SentClaim) -> bool:
    """A claim that names the payer's number of this result came after it."""
    number: str = paid.event["payer_claim_control_number"]
    return sent.original != number


def _of_its_charge(paid: PaidClaim, sent: SentClaim) -> bool:
    charge: str = paid.event["total_charge"]
    return sent.charge == abs(Decimal(charge))


def _of_its_days(paid: PaidClaim, sent: SentClaim) -> bool:
    lines = paid.event["lines"]
    return not lines or {one.day for one in sent.lines} == {
        line.get("service_from", "") for line in lines
    }


def _may_be_of(paid: PaidClaim, sent: SentClaim) -> bool:
    """Tell whether more than a number agrees, which a provider may have given twice."""
    return _of_its_member(paid, sent) or (_of_its_charge(paid, sent) and _of_its_days(paid, sent))


_ALIKE: Final[tuple[Callable[[PaidClaim, SentClaim], bool], ...]] = (
    _to_its_payer,
    _of_its_member,
    _as_processed,
    _of_its_frequency,
    _not_its_successor,
    _of_its_charge,
    _of_its_days,
)


def _payer_of(paid: PaidClaim, sent: SentClaim) -> SentPayer:
    """Return which of the claim's payers the result is of."""
    named = [one for one in sent.payers if one.id.upper() in paid.payers]
    if named:
        return sent.destination if sent.destination in named else named[0]
    processed_as = PROCESSED_AS.get(paid.event["claim_status"])
    if sent.destination.responsibility != processed_as and any(
        one.responsibility == processed_as for one in sent.payers
    ):
        # Passed on from one payer to the next, perhaps, and the next has answered.
        raise NoSuchClaimError("it was processed by another payer than its claim was sent to")
    return sent.destination


def _number_of(line: Json, lines: tuple[SentLine, ...]) -> int | None:
    """Return the number of the one line that a result can be of, else `None`."""
    control = line.get("control_number")
    found = [one for one in lines if control and one.control == control]
    if len(found) != 1:
        found = [one for one in lines if _same_service(line, one)]
    return found[0].number if len(found) == 1 else None


def _same_service(line: Json, sent: SentLine) -> bool:
    billed = "submitted_" if "submitted_procedure" in line else ""
    code: str = line[f"{billed}procedure"]
    modifiers: list[str] = line[f"{billed}modifiers"]
    return (
        code != ""
        and code in sent.codes
        and sorted(modifiers) == sent.modifiers
        and sent.charge == abs(Decimal(line["charge"]))
        and (not sent.day or line.get("service_from", sent.day) == sent.day)
    )
