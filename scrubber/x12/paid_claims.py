"""
835 files to what payers made of claims, streaming (005010X221A1).

An 835 proves itself: each service line, each claim and the payment as a whole must balance. What
does not is a fault with its place. A claim that does not add up was not read, or not written, as
it was meant, so it does not go on; its neighbours do.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import IO, Any, Final

from scrubber.x12.envelope import REMITTANCES, Transaction, X12Fault, read_transactions
from scrubber.x12.segments import Segments, seekable

Json = dict[str, Any]

REVERSAL: Final = "22"  # CLP02
CAS_TRIPLETS: Final = range(2, 20, 3)
PLB_PAIRS: Final = range(3, 14, 2)
MIA_REMARKS: Final = (5, 20, 21, 22, 23)
MOA_REMARKS: Final = (3, 4, 5, 6, 7)
PAYER_NUMBERS: Final = ("2U", "NF", "HI")  # REF01 in 1000A
PAYEE_NUMBERS: Final = ("TJ",)  # REF01 in 1000B
AMOUNT_LENGTH: Final = 20  # 18 digits, a sign and a point
CENT: Final = Decimal("0.01")
NOTHING: Final = Decimal(0)
SERVICE_DAYS: Final = {  # DTM01: whether it is a first day, a last one
    "472": (True, True),
    "150": (True, False),
    "151": (False, True),
    "232": (True, False),
    "233": (False, True),
}
BLANKS: Final = [""] * 26  # elements are read by position, however short the segment
_DECIMAL: Final = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)", re.ASCII)
_SEPARATOR: Final = "\x1f"
_ID_BYTES: Final = 16
_ENDS_CLAIM: Final = frozenset(("LX", "CLP", "PLB"))
_OF_CLAIM: Final = frozenset(("CAS", "SVC", "MIA", "MOA", "LQ"))


@dataclass(frozen=True, slots=True)
class PaidClaim:
    """
    A claim of an 835: its event as far as the file tells, and what its submission is found by.

    `event` is a remittance event whose payer, submission, claim type and line numbers are still to
    be said. `payers`, `payees` and `members` are all identifiers by which the 835 names them;
    `record` is its number in the file from 1, `offset` the byte offset of its CLP.
    """

    event: Json
    record: int
    offset: int
    payers: frozenset[str]
    payees: frozenset[str]
    members: frozenset[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Payment:
    """
    What a transaction comes to, at its end.

    `withheld` are the adjustments that the provider bears for no single claim (PLB), by reason: a
    positive one lessens the payment.
    """

    trace: str
    day: str
    amount: Decimal
    claims: int
    paid: Decimal
    withheld: dict[str, Decimal]


Read = PaidClaim | Payment | X12Fault


class _UnreadableError(ValueError):
    """What is wrong with a segment, without a value of it."""


def read_paid_claims(stream: IO[bytes]) -> Iterator[Read]:
    """
    Yield the claims of an 835, the end of each payment, and faults, each where it is found.

    Offsets count from where the stream stands; one that cannot seek is spooled. The same file
    gives the same events, and a transaction that is sent again in another file the same
    `remittance_id`s.
    """
    record = 0
    with seekable(stream) as source:
        for one in read_transactions(Segments(source), REMITTANCES):
            if isinstance(one, X12Fault):
                yield one
            elif isinstance(one, Transaction):
                loops = _Loops(one, record)
                for number, (offset, raw) in enumerate(one.segments, start=one.number + 1):
                    loops.read(number, offset, raw)
                    yield from loops.found()
                loops.end()
                yield from loops.found()
                record = loops.record


class _Loops:
    """Where the reading of one transaction stands."""

    def __init__(self, transaction: Transaction, record: int) -> None:
        self.record = record
        self._transaction = transaction
        self._element = transaction.delimiters.element
        self._component = transaction.delimiters.component
        self._found: list[Read] = []
        self._place = (transaction.number, transaction.start)
        # Header.
        self._bpr: list[str] = []
        self._trn: list[str] = []
        self._bpr_place = self._place  # of the ST, while there is none
        self._party = ""  # the N1 that REF is about
        self._payers: dict[str, None] = {}
        self._payees: set[str] = set()
        self._amount = NOTHING
        self._day = self._received = ""
        self._begun = False
        self._sound = True
        self._stray = False  # a run of segments outside of claims is one fault
        # The sums of the payment; `None` when one of its amounts cannot be read.
        self._claims = 0
        self._paid: Decimal | None = NOTHING
        self._withheld: dict[str, Decimal] | None = {}
        self._told = NOTHING  # what claims were found to be off by
        # The present claim and line; `_left` is charge less paid less adjustments.
        self._claim: Json = {}
        self._line: Json = {}
        self._claim_at = self._line_at = self._place
        self._claim_left = self._line_left = self._lines_left = NOTHING
        self._faulty = False  # something of it cannot be read
        self._off = False  # it, or one of its lines, does not balance
        self._members: set[str] = set()
        self._span = ["", ""]

    def found(self) -> list[Read]:
        """Return what has been found since the last call."""
        found, self._found = self._found, []
        return found

    def read(self, number: int, offset: int, raw: bytes) -> None:
        """Take one segment; those that no event needs are passed over."""
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
        elements = text.split(self._element) + BLANKS
        kind = elements[0]
        if kind in _ENDS_CLAIM:
            self._end_claim()
            self._begin()
            self._stray = False
        self._place = (number, offset)
        take = _TAKERS.get(kind)
        if take is None or not self._sound:
            return
        if kind in _OF_CLAIM and not self._claim:
            if not self._stray:
                self._stray = True
                self._fault(f"{kind} stands outside of a claim", kind)
            return
        try:
            take(self, elements)
        except _UnreadableError as error:
            self._faulty = True
            self._fault(str(error), kind)

    def end(self) -> None:
        """Come to the SE: the payment must balance."""
        self._end_claim()
        self._begin()
        if not self._sound or self._paid is None or self._withheld is None:
            return
        due = self._paid - sum(self._withheld.values(), NOTHING)
        off = due - self._amount
        # A claim that states another payment than it adds up to has been told already.
        if off and off + self._told:
            less = _money(self._paid - due)
            error = (
                f"the claims' {_money(self._paid)} less {less} of PLB is {_money(due)};"
                f" BPR02 says {_money(self._amount)}"
            )
            self._fault(error, "BPR", self._bpr_place)
        trace = self._trn[2].strip()
        self._found.append(
            Payment(trace, self._day, self._amount, self._claims, self._paid, self._withheld)
        )

    def _fault(self, error: str, kind: str, place: tuple[int, int] | None = None) -> None:
        number, offset = place or self._place
        record = self.record if self._claim else None
        self._found.append(
            X12Fault(record, offset, f"{error} (segment {number} of the file)", kind)
        )

    # The header.

    def _begin(self) -> None:
        """Hold the header to be whole, before the first claim."""
        if self._begun:
            return
        self._begun = True
        if fault := self._header_fault():
            self._sound = False
            self._fault(f"{fault}; none of its claims is sent on", "BPR", self._bpr_place)
            return
        self._day = _day(self._bpr[16])
        self._amount = _amount(self._bpr, "BPR", 2)
        self._received = _moment(self._transaction.gs) or f"{self._day}T00:00:00Z"

    def _header_fault(self) -> str:
        """Return what a claim could not do without: amount, day and number of the payment."""
        if not self._bpr or not self._trn:
            return "no BPR or no TRN stands before the claims"
        if not _is_amount(self._bpr[2].strip()):
            return "BPR02 is no amount"
        if not _day(self._bpr[16]):
            return "BPR16 is no day"
        return "" if self._trn[2].strip() else "TRN02 is empty"

    def beginning(self, e: list[str]) -> None:
        """BPR: the payment."""
        if self._bpr:
            raise _UnreadableError("a second BPR")
        self._bpr, self._bpr_place = e, self._place

    def trace(self, e: list[str]) -> None:
        """TRN: its number."""
        self._trn = self._trn or e

    def party(self, e: list[str]) -> None:
        """N1: payer or payee."""
        self._party = e[1]
        if e[4].strip():
            self._identify(e[4])

    def _identify(self, number: str) -> None:
        if self._party == "PR":
            self._payers[number.strip().upper()] = None
        elif self._party == "PE":
            self._payees.add(number.strip().upper())

    # Claims and lines.

    def claim(self, e: list[str]) -> None:
        """CLP: a claim begins."""
        self.record += 1
        self._claims += 1
        self._claim_at = self._place
        self._faulty = self._off = False
        self._line, self._members, self._span = {}, set(), ["", ""]
        self._claim_left = self._lines_left = NOTHING
        self._claim = {
            "schema_version": 1,
            "remittance_id": self._id(e),
            "received_at": self._received,
            "remittance_date": self._day,
            "payer_id": next(iter(self._payers), ""),
            "submission_id": None,
            "patient_control_number": e[1].strip(),
            "payer_claim_control_number": e[7].strip(),
            "claim_status": e[2].strip(),
            "reversal": e[2].strip() == REVERSAL,
            "claim_type": "",
            "total_charge": "",
            "paid": "",
            "patient_responsibility": "",
            "adjustments": [],
            "remarks": [],
            "lines": [],
            "test": self._transaction.isa[15] == "T",
            "trace_number": self._trn[2].strip(),
        }
        if e[9].strip():
            self._claim["claim_frequency_code"] = e[9].strip()
        paid, self._paid = self._paid, None
        amount = _amount(e, "CLP", 4)
        self._paid = None if paid is None else paid + amount
        charge = _amount(e, "CLP", 3)
        self._claim_left = charge - amount
        self._claim["total_charge"], self._claim["paid"] = _money(charge), _money(amount)
        if e[5].strip():
            self._claim["patient_responsibility"] = _money(_amount(e, "CLP", 5))
        if not e[1].strip():
            raise _UnreadableError("CLP01 is empty")

    def _id(self, e: list[str]) -> str:
        """Return the id of a claim of a payment: nothing in it depends on file or envelope."""
        parts = (self._trn[3], self._trn[2], self._day, str(self._claims), *e[1:12])
        text = _SEPARATOR.join(part.strip() for part in parts)
        return blake2b(text.encode(), digest_size=_ID_BYTES).hexdigest()

    def adjustment(self, e: list[str]) -> None:
        """CAS: a group, and up to six reasons with amounts, of the line or the claim."""
        place = self._line or self._claim
        for at in CAS_TRIPLETS:
            reason = e[at].strip().upper()
            if not (reason or e[at + 1].strip()):
                continue
            if not reason or not e[1].strip():
                raise _UnreadableError(f"CAS{at + 1:02} is an amount without group and reason")
            amount = _amount(e, "CAS", at + 1)
            place["adjustments"].append(
                {"group": e[1].strip().upper(), "reason": reason, "amount": _money(amount)}
            )
            self._claim_left -= amount
            self._line_left -= amount

    def service(self, e: list[str]) -> None:
        """SVC: a line begins; its own code and the one that was billed, where it is another."""
        self._end_line()
        qualifier, code, modifiers = self._procedure(e[1])
        self._line_at, self._line_left = self._place, NOTHING
        self._line = {
            "number": None,
            "procedure": code,
            "modifiers": modifiers,
            "units": "1",  # what the guide has an absent SVC05 mean
            "charge": "",
            "paid": "",
            "adjustments": [],
            "remarks": [],
        }
        self._claim["lines"].append(self._line)
        if qualifier:
            self._line["qualifier"] = qualifier
        if e[4].strip():
            self._line["revenue_code"] = e[4].strip()
        if e[6].strip():
            _, code, modifiers = self._procedure(e[6])
            self._line["submitted_procedure"] = code
            self._line["submitted_modifiers"] = modifiers
        charge, paid = _amount(e, "SVC", 2), _amount(e, "SVC", 3)
        self._line["charge"], self._line["paid"] = _money(charge), _money(paid)
        self._line_left = charge - paid
        if e[5].strip():
            self._line["units"] = _number(_amount(e, "SVC", 5))
        if e[7].strip():
            self._line["submitted_units"] = _number(_amount(e, "SVC", 7))

    def _procedure(self, composite: str) -> tuple[str, str, list[str]]:
        parts = [part.strip().upper() for part in composite.split(self._component)] + BLANKS
        return parts[0], parts[1], [part for part in parts[2:6] if part]

    def name(self, e: list[str]) -> None:
        """NM1: patient and insured tell claims apart; a corrected member id is worth keeping."""
        role, number = e[1], e[9].strip()
        if not self._claim or not number:
            return
        if role in ("QC", "IL"):
            self._members.add(number.upper())
        elif role == "74":
            self._claim["corrected_member_id"] = number
        elif role == "TT":
            self._claim["forwarded_to"] = number
        elif role == "82" and e[8] == "XX":
            self._claim["rendering_npi"] = number

    def reference(self, e: list[str]) -> None:
        """REF: numbers of payer and payee, of the claim that is corrected, of a line."""
        number = e[2].strip()
        if self._line:
            if e[1] == "6R":
                self._line["control_number"] = number
        elif self._claim:
            if e[1] == "F8":
                self._claim["original_claim_control_number"] = number
        elif number and e[1] in (PAYER_NUMBERS if self._party == "PR" else PAYEE_NUMBERS):
            self._identify(number)

    def inpatient(self, e: list[str]) -> None:
        """MIA: remarks of an inpatient claim."""
        self._remark(self._claim, [e[at] for at in MIA_REMARKS])

    def outpatient(self, e: list[str]) -> None:
        """MOA: remarks of any other claim."""
        self._remark(self._claim, [e[at] for at in MOA_REMARKS])

    def remark(self, e: list[str]) -> None:
        """LQ: a remark of a line; HE is a RARC, the others are of pharmacies."""
        if e[1] == "HE":
            self._remark(self._line or self._claim, [e[2]])

    def _remark(self, place: Json, codes: list[str]) -> None:
        place["remarks"] += [code.strip().upper() for code in codes if code.strip()]

    def date(self, e: list[str]) -> None:
        """DTM: days of service, of the line or of the claim as a whole."""
        day = _day(e[2])
        if not self._claim or e[1] not in SERVICE_DAYS or not day:
            return
        first, last = SERVICE_DAYS[e[1]]
        if self._line:
            self._line.update({"service_from": day} if first else {})
            self._line.update({"service_to": day} if last else {})
        else:
            self._span = [day if first else self._span[0], day if last else self._span[1]]

    def supplement(self, e: list[str]) -> None:
        """AMT: what the payer allowed for a line."""
        if self._line and e[1] == "B6":
            self._line["allowed"] = _money(_amount(e, "AMT", 2))

    def provider(self, e: list[str]) -> None:
        """PLB: up to six reasons with amounts; a positive one lessens the payment."""
        for at in PLB_PAIRS:
            if not (e[at].strip() or e[at + 1].strip()):
                continue
            withheld, self._withheld = self._withheld, None
            amount = _amount(e, "PLB", at + 1)
            if withheld is None:
                return
            reason = e[at].split(self._component)[0].strip()
            withheld[reason] = withheld.get(reason, NOTHING) + amount
            self._withheld = withheld

    def _end_line(self) -> None:
        """Hold a line to its sum."""
        line, left = self._line, self._line_left
        if not line or self._faulty:
            return
        self._lines_left += left
        if left:
            self._off = True
            charge, paid = Decimal(line["charge"]), Decimal(line["paid"])
            error = (
                f"SVC02 {_money(charge)} less its adjustments {_money(charge - paid - left)} is"
                f" {_money(paid + left)}; SVC03 says {_money(paid)}"
            )
            self._fault(error, "SVC", self._line_at)

    def _end_claim(self) -> None:
        """Hold the claim to its sum, and hand it on when it and all its lines balance."""
        claim, left = self._claim, self._claim_left
        if not claim:
            return
        self._end_line()
        # What a line is off by was told there.
        if left and left != self._lines_left and not self._faulty:
            self._off = True
            self._told += left
            charge, paid = Decimal(claim["total_charge"]), Decimal(claim["paid"])
            error = (
                f"CLP03 {_money(charge)} less all adjustments {_money(charge - paid - left)}"
                f" is {_money(paid + left)}; CLP04 says {_money(paid)}"
            )
            self._fault(error, "CLP", self._claim_at)
        if not self._faulty and not self._off:
            self._found.append(self._complete(claim))
        self._claim, self._line = {}, {}

    def _complete(self, claim: Json) -> PaidClaim:
        """Say what the file leaves to be concluded."""
        lines = claim["lines"]
        if not claim["patient_responsibility"]:
            # CLP05 may be left out; by the guide it is what the patient's group adds up to.
            given = [*claim["adjustments"], *(one for line in lines for one in line["adjustments"])]
            owed = (Decimal(one["amount"]) for one in given if one["group"] == "PR")
            claim["patient_responsibility"] = _money(sum(owed, NOTHING))
        first, last = self._span
        for line in lines:
            # A line without a day of its own has the claim's.
            if first and "service_from" not in line:
                line["service_from"], line["service_to"] = first, last or first
        return PaidClaim(
            claim,
            self.record,
            self._claim_at[1],
            frozenset(self._payers),
            frozenset(self._payees),
            frozenset(self._members),
        )


_TAKERS: Final[dict[str, Callable[[_Loops, list[str]], None]]] = {
    "BPR": _Loops.beginning,
    "TRN": _Loops.trace,
    "N1": _Loops.party,
    "REF": _Loops.reference,
    "CLP": _Loops.claim,
    "CAS": _Loops.adjustment,
    "NM1": _Loops.name,
    "MIA": _Loops.inpatient,
    "MOA": _Loops.outpatient,
    "DTM": _Loops.date,
    "AMT": _Loops.supplement,
    "SVC": _Loops.service,
    "LQ": _Loops.remark,
    "PLB": _Loops.provider,
}


def _is_amount(text: str) -> bool:
    return _DECIMAL.fullmatch(text) is not None and len(text) <= AMOUNT_LENGTH


def _amount(e: list[str], kind: str, at: int) -> Decimal:
    text = e[at].strip()
    if not _is_amount(text):
        raise _UnreadableError(f"{kind}{at:02} is no amount")
    return Decimal(text) + 0  # a zero has no sign


def _money(value: Decimal) -> str:
    """Return an amount with its cents, and with more places only where it has them."""
    cents = value.quantize(CENT)
    return str(cents) if cents == value else format(value, "f")


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f")


# Claims of a payment are of few days.
@lru_cache(maxsize=4096)
def _day(text: str) -> str:
    """Return CCYYMMDD as YYYY-MM-DD, "" for what is no day."""
    try:
        return datetime.strptime(text.strip(), "%Y%m%d").date().isoformat()  # noqa: DTZ007
    except ValueError:
        return ""


def _moment(gs: list[str]) -> str:
    """Return day and time of a group as a moment of UTC, "" when it states none."""
    day, time = (gs + BLANKS)[4:6]
    try:
        made = datetime.strptime(day.strip() + time.strip()[:4], "%Y%m%d%H%M")  # noqa: DTZ007
    except ValueError:
        return ""
    return f"{made.isoformat()}Z"
