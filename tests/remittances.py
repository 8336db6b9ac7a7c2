"""835 files for given claims, with random results that balance; and the plainest reader of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

Json = dict[str, Any]
Segment = list[str]

CENT = Decimal("0.01")
NPI, TAX_ID = "1234567893", "123456789"
DELIMITERS = ("*", ":", "^", "~\n")


@dataclass
class Advice:
    """The segments of one transaction between ST and SE; composites are joined by `:`."""

    segments: list[Segment] = field(default_factory=list)
    trace: str = "TRACE1"

    def put(self, *elements: str) -> Segment:
        """Add a segment."""
        segment = list(elements)
        self.segments.append(segment)
        return segment

    def settle(self, *withheld: tuple[str, str]) -> None:
        """Add the PLB, and make BPR02 what it must be."""
        if withheld:
            self.put("PLB", NPI, "20261231", *(part for pair in withheld for part in pair))
        paid = sum(Decimal(one[4]) for one in self.segments if one[0] == "CLP")
        self.segments[0][2] = str(paid - sum(Decimal(amount) for _, amount in withheld))


def begin(trace: str = "TRACE1", npi: str = NPI, payer: str = "05102") -> Advice:
    """Return a transaction with its header."""
    advice = Advice(trace=trace)
    put = advice.put
    account = ("01", "011000015", "DA", "123456")
    put("BPR", "I", "0", "C", "ACH", "CCP", *account, "1512345678", "", *account, "20260718")
    put("TRN", "1", trace, "1512345678")
    put("DTM", "405", "20260717")
    put("N1", "PR", "SAMPLE PAYER")
    put("N3", "1 PAYER ST")
    put("N4", "OMAHA", "NE", "68102")
    put("REF", "2U", payer)
    put("PER", "BL", "HELP", "TE", "8005550100")
    put("N1", "PE", "EXAMPLE CLINIC", "XX", npi)
    put("REF", "TJ", TAX_ID)
    put("LX", "1")
    return advice


def add_claim(advice: Advice, claim: Json, status: str = "1", number: str = "ICN-1", paid: str = "0", **more: str) -> Segment:  # fmt: skip
    """Add CLP and the patient of a claim; lines are for the caller."""
    clp = advice.put(
        "CLP", claim["patient_control_number"], status, str(claim["total_charge"]), paid,
        more.get("owed", ""), "MB", number, "11", more.get("frequency", claim["claim_frequency_code"]),
    )  # fmt: skip
    subscriber = claim["payers"][0]["subscriber"]
    advice.put("NM1", "QC", "1", subscriber["last_name"], subscriber["first_name"], "", "", "", "MI", subscriber["member_id"])  # fmt: skip
    return clp


def add_line(advice: Advice, line: Json, paid: str, *adjustments: tuple[str, str, str], qualifier: str = "HC") -> Segment:  # fmt: skip
    """Add SVC, its day and its adjustments."""
    code = ":".join((qualifier, line["procedure"], *line.get("modifiers", ())))
    svc = advice.put("SVC", code, str(line["charge"]), paid, "", str(line.get("units", "1")))
    advice.put("DTM", "472", line["service_from"].replace("-", ""))
    for group, reason, amount in adjustments:
        advice.put("CAS", group, reason, amount)
    return svc


def written(
    *groups: Iterable[Advice], delimiters: tuple[str, ...] = DELIMITERS, usage: str = "P", control: int = 1
) -> bytes:  # fmt: skip
    """Return an interchange of groups of transactions."""
    element, component, repetition, terminator = delimiters
    segments: list[Segment] = []
    number = f"{control:09}"
    for group_number, group in enumerate(groups, start=1):
        transactions = list(group)
        made = ("20260720", "0600", str(group_number), "X", "005010X221A1")
        segments.append(["GS", "HP", "PAYER", "CLEARINGHOUSE", *made])
        for st, advice in enumerate(transactions, start=1):
            segments.append(["ST", "835", f"{st:04}"])
            segments += [[part.replace(":", component) for part in one] for one in advice.segments]
            segments.append(["SE", str(len(advice.segments) + 2), f"{st:04}"])
        segments.append(["GE", str(len(transactions)), str(group_number)])
    segments.append(["IEA", str(len(groups)), number])
    header = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{'PAYER':15}", "ZZ", f"{'CLEARINGHOUSE':15}",
              "260720", "0600", repetition, "00501", number, "0", usage, component]  # fmt: skip
    return "".join(element.join(one) + terminator for one in [header, *segments]).encode()


# Random results.

REASONS = ("45", "50", "97", "96", "16", "151", "204")
REMARKS = ("N115", "M15", "N20", "MA130")


def random_advice(rng: Random, claims: list[Json], trace: str = "TRACE1") -> Advice:
    """Return a payment for claims of all types, as payers make them: paid, denied, taken back."""
    advice = begin(trace)
    for number, claim in enumerate(claims, start=1):
        icn = f"ICN-{trace}-{number}"
        start = len(advice.segments)
        _random_claim(rng, advice, claim, icn)
        if rng.random() < 0.2:
            taken_back = [_negated(one) for one in advice.segments[start:]]
            taken_back[0][2] = "22"
            advice.segments += taken_back
            _random_claim(rng, advice, claim, icn + "A")
    withheld = [
        (f"{reason}:REF{at}", str(_cents(rng, -2000, 2000)))
        for at, reason in enumerate(("WO", "L6", "FB", "72")[: rng.randrange(5)])
    ]
    advice.settle(*withheld)
    return advice


def _cents(rng: Random, least: int, most: int) -> Decimal:
    return rng.randint(least, most) * CENT


def _random_claim(rng: Random, advice: Advice, claim: Json, icn: str) -> None:
    status = rng.choice(("1", "1", "1", "2", "19", "4"))
    clp = add_claim(advice, claim, status, icn)
    at_claim = len(advice.segments) - 1
    if claim["type"] == "institutional" and rng.random() < 0.5:
        advice.put("MIA", "0", "", "", "", rng.choice(REMARKS))
    else:
        advice.put("MOA", "", "", rng.choice(REMARKS))
    advice.put("DTM", "232", claim["lines"][0].get("service_from", "2024-08-01").replace("-", ""))
    paid_total = owed = charges = Decimal(0)
    for line in claim["lines"]:
        paid, patient = _random_line(rng, advice, line, claim["type"], denied=status == "4")
        paid_total += paid
        owed += patient
        charges += Decimal(line["charge"])
    clp[3] = str(charges)
    if paid_total > 1 and rng.random() < 0.3:
        sequestered = (paid_total * Decimal("0.02")).quantize(CENT)
        advice.segments.insert(at_claim, ["CAS", "CO", "253", str(sequestered)])
        paid_total -= sequestered
    clp[4] = str(paid_total)
    if rng.random() < 0.7 and owed:
        clp[5] = str(owed)


def _random_line(rng: Random, advice: Advice, line: Json, claim_type: str, *, denied: bool) -> tuple[Decimal, Decimal]:  # fmt: skip
    charge = Decimal(line["charge"])
    code = line.get("procedure", "")
    stated = ":".join(("AD" if claim_type == "dental" else "HC", code, *line.get("modifiers", ())))
    if not code:
        stated = f"NU:{line['revenue_code']}"
    svc = advice.put("SVC", stated, str(charge), "0", "", str(line.get("units", "1")))
    if claim_type == "institutional" and code:
        svc[4] = line["revenue_code"]
    if code and rng.random() < 0.1:
        svc += [svc[1], "1"]
        svc[1] = svc[1].split(":")[0] + ":80050"
    if day := line.get("service_from"):
        advice.put("DTM", "472", day.replace("-", ""))
    parts: dict[str, list[str]] = {}
    left = charge
    for _ in range(7 if rng.random() < 0.2 else rng.randrange(3)):
        less = min(left, _cents(rng, 0, int(charge * 20)))
        parts.setdefault("CO", []).extend((rng.choice(REASONS), str(less), ""))
        left -= less
    patient = min(left, _cents(rng, 0, 3000)) if rng.random() < 0.5 else Decimal(0)
    if patient:
        parts.setdefault("PR", []).extend((rng.choice("123"), str(patient), ""))
        left -= patient
    if denied or rng.random() < 0.2:
        parts.setdefault("CO", []).extend(("50", str(left), ""))
        left = Decimal(0)
    svc[3] = str(left)
    for group, triplets in parts.items():
        for at in range(0, len(triplets), 18):
            advice.put("CAS", group, *_without_end(triplets[at : at + 18]))
    if left == 0:
        advice.put("LQ", "HE", rng.choice(REMARKS))
    return left, patient


def _without_end(elements: list[str]) -> list[str]:
    return elements[:-1] if elements and not elements[-1] else elements


def _negated(segment: Segment) -> Segment:
    """Return a segment of a reversal: all its amounts with the other sign."""
    return [
        str(-Decimal(value)) if at in amounts_of(segment) and value else value
        for at, value in enumerate(segment)
    ]


def amounts_of(segment: Segment) -> list[int]:
    """Return the positions of a segment's amounts that must balance, and of CLP05."""
    return {
        "BPR": [2], "CLP": [3, 4, 5], "SVC": [2, 3], "CAS": list(range(3, len(segment), 3)),
        "PLB": list(range(4, len(segment), 2)),
    }.get(segment[0], [])  # fmt: skip


# The plainest reader.


def plainly(raw: bytes, element: str = "*", component: str = ":", terminator: str = "~") -> list[Json]:  # fmt: skip
    """Return every CLP of a right file with what stands below it; nothing is checked."""
    claims: list[Json] = []
    place: Json = {}
    for text in raw.decode().replace("\n", "").split(terminator):
        e = text.split(element)
        if e[0] == "CLP":
            place = {"control": e[1], "status": e[2], "charge": Decimal(e[3]), "paid": Decimal(e[4]),
                     "number": e[7], "adjustments": [], "remarks": [], "lines": []}  # fmt: skip
            claims.append(place)
        elif e[0] == "SVC":
            place = {"procedure": e[1].split(component)[1], "charge": Decimal(e[2]), "paid": Decimal(e[3]),
                     "submitted": e[6].split(component)[1] if len(e) > 6 else None, "adjustments": [], "remarks": []}  # fmt: skip
            claims[-1]["lines"].append(place)
        elif e[0] == "CAS":
            rest = e[2:]
            while rest:
                place["adjustments"].append((e[1], rest[0], Decimal(rest[1])))
                rest = rest[3:]
        elif e[0] == "LQ":
            place["remarks"].append(e[2])
        elif e[0] == "MOA":
            place["remarks"] += [one for one in e[3:8] if one]
        elif e[0] == "MIA":
            place["remarks"] += [e[5]]
        elif e[0] in ("PLB", "SE"):
            place = {}
    return claims


def alike(event: Json) -> Json:
    """Return of an event what `plainly` returns of a claim."""

    def adjustments(place: Json) -> list[tuple[str, str, Decimal]]:
        return [(a["group"], a["reason"], Decimal(a["amount"])) for a in place["adjustments"]]

    return {
        "control": event["patient_control_number"],
        "status": event["claim_status"],
        "charge": Decimal(event["total_charge"]),
        "paid": Decimal(event["paid"]),
        "number": event["payer_claim_control_number"],
        "adjustments": adjustments(event),
        "remarks": event["remarks"],
        "lines": [
            {
                "procedure": line["procedure"],
                "charge": Decimal(line["charge"]),
                "paid": Decimal(line["paid"]),
                "submitted": line.get("submitted_procedure"),
                "adjustments": adjustments(line),
                "remarks": line["remarks"],
            }
            for line in event["lines"]
        ],
    }
