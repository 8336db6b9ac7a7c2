"""
The 277CA (005010X214) that answers each claim of an X12 file.

A rejected claim has the status codes of its findings; one in review is received (A1:19), since
people decide about it yet; a clean one is accepted (A2:20). What is not rejected counts as
accepted. The claim's STCs have all reasons; those that are of a service line stand at the line
(2220D) once more.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, islice
from tempfile import SpooledTemporaryFile
from typing import Any, Final

import orjson

from scrubber.x12.acknowledge import BLOCK_BYTES, SPOOL_BYTES, Acknowledgments
from scrubber.x12.envelope import Envelope, Event
from scrubber.x12.reply import NO_DAY, Reply, at_of, clean, digits
from scrubber.x12.structure import Looked

GUIDE: Final = "005010X214"
RECEIVED, ACCEPTED, UNSPECIFIED = "A1:19", "A2:20", "A7:21"
ACCEPT, REJECT = "WQ", "U"  # STC03
CODES: Final = 3  # STC01, STC10, STC11
MOST_WAITING: Final = 1000  # segments that are written together
NONE_STATED: Final = "NONE"  # where the guide wants a value and the claim has none
PROCEDURES: Final = frozenset(("AD", "ER", "HC", "HP", "IV", "WK"))  # SVC01-1
REVENUE_CODE: Final = "NU"

Json = dict[str, Any]
Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """
    A service line that was rejected, as its answer names it; `statuses` as those of a claim.

    `procedure` is SVC01 with its components, `control` the line's number of its sender (2400
    REF 6R), else that in the claim.
    """

    statuses: list[list[str]]
    procedure: str
    charge: str
    revenue_code: str
    units: str
    control: str
    dates: Lines


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """
    A claim as its answer names it. Holds patient data, as the claim does.

    `statuses` has up to three codes (category:status[:entity]) for each reason of a rejection.
    """

    disposition: str
    statuses: list[list[str]]
    charge: str
    control: str
    provider: Lines
    patient: Lines
    dates: Lines
    type_of_bill: str
    trace: str
    services: list[ServiceStatus]

    @property
    def rejected(self) -> bool:
        """It does not go on."""
        return self.disposition == "rejected"


def status_of(claim: Json, disposition: str, findings: list[Json]) -> ClaimStatus:
    """Return what is answered about a claim: as it was read, and the findings of its outcome."""
    failed = [one for one in findings if one["severity"] == "reject" and one["result"] == "fail"]
    payers = claim.get("payers") or [{}]
    payer = next((one for one in payers if one.get("destination")), payers[0])
    person = claim.get("patient") or payer.get("subscriber") or {}
    member = (payer.get("subscriber") or {}).get("member_id")
    provider = claim.get("billing_provider") or {}
    return ClaimStatus(
        disposition,
        _reasons(failed) or [[UNSPECIFIED]],
        _amount(str(claim.get("total_charge", "0"))),
        clean(str(claim.get("patient_control_number", "")))[:38] or "0",
        _provider(provider),
        ("QC", "1", *_names(person), "", "", "MI", _id(member)),
        _dates(claim),
        clean(str(claim.get("type_of_bill", ""))),
        _kept(claim, "D9"),
        _services(claim, failed),
    )


def restored(row: Json) -> ClaimStatus:
    """Return a status that was written as JSON."""
    row["provider"] = tuple(row["provider"])  # what claims are grouped by
    row["services"] = [ServiceStatus(**one) for one in row["services"]]
    return ClaimStatus(**row)


class FileAnswer:
    """
    The 999 and the 277CA of one file, on disk where they are long.

    `watch` is told what the file holds while it is read; both answers can be had then.
    """

    def __init__(self) -> None:
        """Begin before the file."""
        self._acknowledgments = Acknowledgments()
        self._acknowledged = SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115 (closed by `close`)
        self._held = SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115

    def close(self) -> None:
        """Let go of the disk."""
        self._acknowledged.close()
        self._held.close()

    def watch(self, one: Event, looked: Looked | None) -> None:
        """Go on with what comes next in the file; a transaction has been looked at."""
        self._acknowledged.writelines(self._acknowledgments.take(one, looked))
        if isinstance(one, Envelope):
            self._held.write(orjson.dumps([one.kind, one.elements]) + b"\n")
        elif looked and looked.claims:
            held = looked.claims, looked.beginning, looked.submitter, looked.receiver
            self._held.write(orjson.dumps(["ST", held]) + b"\n")

    def acknowledgment(self) -> Iterator[bytes]:
        """Yield the 999 piece by piece."""
        self._acknowledged.seek(0)
        while block := self._acknowledged.read(BLOCK_BYTES):
            yield block

    def claim_statuses(self, statuses: Callable[[], Iterator[ClaimStatus]]) -> Iterator[bytes]:
        """
        Yield the 277CA piece by piece.

        `statuses` reads anew, each time it is called, what is answered to the claims that were
        read of the file, in order: totals stand before what they sum, and there may be more claims
        in a transaction than memory holds.
        """
        reply: Reply | None = None
        gs: list[str] = []
        begun = False  # a group without a claim to answer is not begun
        readers = (statuses(), statuses(), statuses())
        self._held.seek(0)
        for kind, held in map(orjson.loads, self._held):
            if kind == "ISA":
                reply = Reply(held, "HN", GUIDE)
            elif kind == "GS":
                gs, begun = held, False
            elif reply and kind == "ST":
                if not begun:
                    reply.begin_group(gs)
                    begun = True
                looked = Looked([], *held)
                its = tuple(islice(reader, looked.claims) for reader in readers)
                yield from _transaction(reply, looked, its)
            elif reply and kind == "GE" and begun:
                reply.end_group()
                begun = False
            elif reply and kind == "IEA" and reply.groups:
                yield reply.end()


def _transaction(
    reply: Reply, looked: Looked, readers: tuple[Iterator[ClaimStatus], ...]
) -> Iterator[bytes]:
    """Write a transaction; its claims are read for its totals, for providers', and to be told."""
    to_sum, by_provider, to_tell = readers
    day = digits(at_of(looked.beginning, 4), NO_DAY)
    day = day if len(day) == len(NO_DAY) else NO_DAY
    time = digits(at_of(looked.beginning, 5), "0000")[:4].ljust(4, "0")
    reference = clean(at_of(looked.beginning, 3))[:30] or "0"
    totals = _Totals.of(to_sum)
    put = reply.segment
    reply.begin_transaction("277")
    put("BHT", "0085", "08", reference, day, time, "TH")
    put("HL", "1", "", "20", "1")
    put("NM1", "AY", "2", *_organization(looked.receiver), "46", _id(at_of(looked.receiver, 9)))
    put("TRN", "1", reference)
    put("DTP", "050", "D8", day)
    put("DTP", "009", "D8", day)
    put("HL", "2", "1", "21", "1")
    put("NM1", "41", "1" if at_of(looked.submitter, 2) == "1" else "2",
        *_organization(looked.submitter), "46", _id(at_of(looked.submitter, 9)))  # fmt: skip
    put("TRN", "2", reference)
    put("STC", f"{RECEIVED}:AY", day, ACCEPT, _plain(totals.charge))
    totals.write(reply, "90", "AA")
    level = 2
    own, told = (groupby(one, key=lambda claim: claim.provider) for one in (by_provider, to_tell))
    for (provider, summed), (_, claims) in zip(own, told, strict=True):
        level += 1
        above, totals = level, _Totals.of(summed)
        put("HL", str(level), "2", "19", "1")
        put("NM1", *provider)
        put("TRN", "1", "0")
        put("STC", f"{RECEIVED}:AY", "", ACCEPT, _plain(totals.charge))
        totals.write(reply, "QA", "QC")
        for claim in claims:
            level += 1
            put("HL", str(level), str(above), "PT")
            put("NM1", *claim.patient)
            _claim(reply, claim, day)
            if reply.waiting > MOST_WAITING:
                yield reply.take()
    reply.end_transaction()
    yield reply.take()


def _claim(reply: Reply, claim: ClaimStatus, day: str) -> None:
    put = reply.segment
    put("TRN", "2", claim.control)
    if claim.rejected:
        for first, *further in claim.statuses:
            more = [*further, "", ""][:2]
            put("STC", first, day, REJECT, claim.charge, *[""] * 5, *more)
    else:
        put(
            "STC", ACCEPTED if claim.disposition == "clean" else RECEIVED, day, ACCEPT, claim.charge
        )
    if claim.trace:
        put("REF", "D9", claim.trace)
    if claim.type_of_bill:
        put("REF", "BLT", claim.type_of_bill)
    if claim.dates:
        put("DTP", "472", *claim.dates)
    for service in claim.services:
        # The guide's map has one STC a loop, and any number of loops: a loop for each reason.
        for first, *further in service.statuses:
            put("SVC", service.procedure, service.charge, "", service.revenue_code, "", "",
                service.units)  # fmt: skip
            put("STC", first, day, REJECT, *[""] * 6, *[*further, "", ""][:2])
            put("REF", "FJ", service.control)
            if service.dates:
                put("DTP", "472", *service.dates)


@dataclass(slots=True)
class _Totals:
    """How many claims were accepted and rejected, and their charges."""

    accepted: int = 0
    rejected: int = 0
    charge_accepted: Decimal = Decimal(0)
    charge_rejected: Decimal = Decimal(0)

    @classmethod
    def of(cls, claims: Iterable[ClaimStatus]) -> "_Totals":
        """Count the claims."""
        totals = cls()
        for claim in claims:
            if claim.rejected:
                totals.rejected += 1
                totals.charge_rejected += Decimal(claim.charge)
            else:
                totals.accepted += 1
                totals.charge_accepted += Decimal(claim.charge)
        return totals

    @property
    def charge(self) -> Decimal:
        """Of all claims."""
        return self.charge_accepted + self.charge_rejected

    def write(self, reply: Reply, accepted: str, rejected: str) -> None:
        """Write both counts and both charges; what there is none of is left out."""
        counts = ((accepted, self.accepted), (rejected, self.rejected))
        for qualifier, count in counts:
            if count:
                reply.segment("QTY", qualifier, str(count))
        charges = (("YU", self.charge_accepted), ("YY", self.charge_rejected))
        for (_, count), (qualifier, charge) in zip(counts, charges, strict=True):
            if count:
                reply.segment("AMT", qualifier, _plain(charge))


def _plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _amount(text: str) -> str:
    return _number(text, 18) or "0"  # data element 782


def _number(text: str, longest: int) -> str:
    digit = text.removeprefix("-").replace(".", "", 1)
    fit = digit.isdecimal() and digit.isascii() and len(digit) <= longest
    return _plain(Decimal(text)) if fit else ""


def _organization(nm1: list[str]) -> Lines:
    return clean(at_of(nm1, 3))[:60] or NONE_STATED, "", "", "", ""


def _provider(provider: Json) -> Lines:
    npi, tax_id = provider.get("npi"), provider.get("tax_id")
    kind = "2" if provider.get("organization_name") else "1"
    qualifier = "XX" if npi or not tax_id else "FI"
    return ("85", kind, *_names(provider), "", "", qualifier, _id(npi or tax_id))


def _names(person: Json) -> Lines:
    last = person.get("organization_name") or person.get("last_name") or ""
    return clean(str(last))[:60] or NONE_STATED, clean(str(person.get("first_name", "")))[:35], ""


def _id(value: Any) -> str:
    text = clean(str(value or ""))[:80]
    return text if len(text) > 1 else NONE_STATED


def _dates(claim: Json) -> Lines:
    """Return the statement's span, or that of the lines: (D8, day) or (RD8, span)."""
    lines = claim.get("lines") or []
    first = [claim.get("statement_from"), *(one.get("service_from") for one in lines)]
    last = [claim.get("statement_to"), *(one.get("service_to") for one in lines)]
    if claim.get("statement_from"):
        first, last = first[:1], last[:1]
    return _span(first, last)


def _span(first: list[str | None], last: list[str | None]) -> Lines:
    begin, end = (sorted(_day(one) for one in days if one) for days in (first, last))
    if not begin or not end:
        return ()
    # A claim may be rejected because its span runs backwards: the answer's does not.
    one, other = sorted((begin[0], end[-1]))
    return ("D8", one) if one == other else ("RD8", f"{one}-{other}")


def _day(text: str) -> str:
    return digits(text.replace("-", ""), NO_DAY)


def _kept(claim: Json, qualifier: str, line: int | None = None) -> str:
    """
    Return a reference of the claim, or of a line by its place from 1, as the reader kept it.

    D9 is the number that the clearinghouse before us gave the claim, 6R the sender's of a line.
    """
    kept = claim.get("x12") or {}
    prefix = "REF{0}{1}{0}".format(kept.get("delimiters", "*")[:1], qualifier)
    of = (one["segment"] for one in kept.get("segments", ()) if one.get("line") == line)
    return next((clean(one[len(prefix) :])[:50] for one in of if one.startswith(prefix)), "")


def _reasons(failed: list[Json]) -> list[list[str]]:
    codes = [one["status_code"][:CODES] or [UNSPECIFIED] for one in failed]
    return [list(one) for one in dict.fromkeys(map(tuple, codes))]


def _services(claim: Json, failed: list[Json]) -> list[ServiceStatus]:
    """Return the lines that findings point to, in their order."""
    lines = claim.get("lines") or []
    found: dict[int, list[Json]] = {}
    for one in failed:
        _, where, at, *_ = (*str(one.get("path", "")).split("/"), "", "", "")
        if where == "lines" and at.isdecimal() and int(at) < len(lines):
            found.setdefault(int(at), []).append(one)
    return [_service(claim, at, lines[at], _reasons(found[at])) for at in sorted(found)]


def _service(claim: Json, at: int, line: Json, statuses: list[list[str]]) -> ServiceStatus:
    code, revenue_code = (
        clean(str(line.get(one) or ""))[:48] for one in ("procedure", "revenue_code")
    )
    qualifier = line.get("qualifier")
    if qualifier not in PROCEDURES:
        qualifier = "AD" if claim.get("type") == "dental" else "HC"
    if revenue_code and not code:
        qualifier, code, revenue_code = REVENUE_CODE, revenue_code, ""
    modifiers = [clean(str(one)) for one in line.get("modifiers") or ()][:4]
    return ServiceStatus(
        statuses,
        ":".join((qualifier, code or NONE_STATED, *modifiers)),
        _amount(str(line.get("charge", "0"))),
        revenue_code,
        _number(str(line.get("units", "")), 15),  # data element 380
        _kept(claim, "6R", at + 1) or clean(str(line.get("number") or at + 1)),
        _span([line.get("service_from")], [line.get("service_to") or line.get("service_from")]),
    )
