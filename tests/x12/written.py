"""837 files built from a plan, and what the tests of writing ask of a file."""

import io
from itertools import count
from typing import Any

from scrubber.x12.envelope import Envelope, Transaction, X12Fault, read_transactions
from scrubber.x12.guide import guide_of
from scrubber.x12.read import ClaimRecord, read_claims
from scrubber.x12.segments import Segments
from scrubber.x12.structure import Structure
from scrubber.x12.write import Choose, write_claims

Subscriber = tuple[int, list[int]]
"""How many claims a subscriber has, and how many each dependent has."""
Plan = list[list[list[list[list[Subscriber]]]]]
"""Interchanges of groups of transactions of billing providers of subscribers."""

ADDRESS = ["N3*1 MAIN ST", "N4*OMAHA*NE*681021234"]


def built(plan: Plan, *, element: str = "*", terminator: str = "~", line: str = "\n") -> bytes:
    """Return the professional file of a plan; every claim has a number of its own."""
    out: list[str] = []
    claims = count(1)
    for interchange, groups in enumerate(plan, start=1):
        out.append(
            "ISA*00*          *00*          *ZZ*EXAMPLESENDER  *ZZ*CLEARINGHOUSE  *260615*1400*^"
            f"*00501*{interchange:09}*0*T*:"
        )
        for group, transactions in enumerate(groups, start=1):
            out.append(f"GS*HC*EXAMPLESENDER*CLEARINGHOUSE*20260615*1400*{group}*X*005010X222A1")
            for number, providers in enumerate(transactions, start=1):
                body = transaction(providers, claims)
                out.append(f"ST*837*{number:04}*005010X222A1")
                out += [*body, f"SE*{len(body) + 2}*{number:04}"]
            out.append(f"GE*{len(transactions)}*{group}")
        out.append(f"IEA*{len(groups)}*{interchange:09}")
    text = "".join(one + "~\n" for one in out)
    return text.replace("\n", line).replace("*", element).replace("~", terminator).encode()


def transaction(providers: list[list[Subscriber]], claims: "count[int]") -> list[str]:
    """Return the segments between ST and SE."""
    out = [
        "BHT*0019*00*1*20260615*1400*CH",
        "NM1*41*2*EXAMPLE CLINIC*****46*EXAMPLESENDER",
        "PER*IC*BILLING OFFICE*TE*5555550100",
        "NM1*40*2*EXAMPLE CLEARINGHOUSE*****46*CLEARINGHOUSE",
    ]
    levels = count(1)
    for subscribers in providers:
        billing = next(levels)
        out += [f"HL*{billing}**20*1", "NM1*85*2*EXAMPLE CLINIC*****XX*2278853595", *ADDRESS]
        out.append("REF*EI*123456789")
        for own, dependents in subscribers:
            level = next(levels)
            out += [f"HL*{level}*{billing}*22*{int(bool(dependents))}", "SBR*P*18*GRP1******CI"]
            out += [f"NM1*IL*1*SAMPLE*PAT****MI*ID{level}", *ADDRESS, "DMG*D8*19500211*F"]
            out.append("NM1*PR*2*EXAMPLE HEALTH PLAN*****PI*SYNCI")
            for _ in range(own):
                out += claim(next(claims))
            for those in dependents:
                out += [f"HL*{next(levels)}*{level}*23*0", "PAT*19", "NM1*QC*1*SAMPLE*ALEX"]
                out += [*ADDRESS, "DMG*D8*20100912*M"]
                for _ in range(those):
                    out += claim(next(claims))
    return out


def claim(number: int) -> list[str]:
    """Return the segments of a claim, one of which the claim of the contract has no place for."""
    return [
        f"CLM*C{number}*10{number}.00***11:B:1*Y*A*Y*Y",
        f"REF*D9*TRACE{number}",
        "HI*ABK:E119*ABF:I10",
        "LX*1",
        f"SV1*HC:99213*10{number}.00*UN*1***1:2",
        "DTP*472*D8*20260610",
    ]


def events_of(raw: bytes) -> list[dict[str, Any]]:
    """Return the events of a file that must be without a fault."""
    got = list(read_claims(io.BytesIO(raw)))
    assert [one for one in got if isinstance(one, X12Fault)] == []
    return [one.event for one in got if isinstance(one, ClaimRecord)]


def claims_of(raw: bytes) -> list[dict[str, Any]]:
    """Return the claims of a file that must be without a fault."""
    return [event["claim"] for event in events_of(raw)]


def written(raw: bytes, choose: Choose) -> bytes:
    """Return the file with the claims chosen; none may be refused."""

    def refused(submission_id: str, error: Exception) -> None:
        raise AssertionError(submission_id) from error

    return b"".join(write_claims(io.BytesIO(raw), io.BytesIO(raw), choose, refused))


def structure_errors(raw: bytes) -> list[str]:
    """Return what the structure check of the 999 finds in a file."""
    found: list[str] = []
    for one in read_transactions(Segments(io.BytesIO(raw))):
        if isinstance(one, Transaction) and (guide := guide_of(one.claim_type)):
            structure = Structure(one, guide)
            for run in one.runs():
                structure.read(run)
            found += [f"{error.segment} {error.code}" for error in structure.finish()]
        elif isinstance(one, X12Fault):
            found.append(one.error)
        else:
            assert isinstance(one, Envelope | Transaction)
    return found


def balanced(raw: bytes, element: str = "*", terminator: str = "~") -> None:
    """Count envelopes and levels by a plain loop of our own."""
    transactions = groups = segments = 0
    levels: list[list[str]] = []
    for text in raw.decode().split(terminator):
        one = text.strip().split(element)
        segments += 1
        match one[0]:
            case "ISA":
                groups, control = 0, one[13]
            case "GS":
                groups, transactions, group = groups + 1, 0, one[6]
            case "ST":
                transactions, segments, number, levels = transactions + 1, 1, one[2], []
            case "HL":
                levels.append(one)
            case "SE":
                assert one[1:] == [str(segments), number]
                assert [level[1] for level in levels] == [str(n) for n in range(1, len(levels) + 1)]
                parents = {level[2] for level in levels}
                assert all((level[4] == "1") == (level[1] in parents) for level in levels)
                kinds = {level[1]: level[3] for level in levels}
                above = {"20": "", "22": "20", "23": "22"}
                assert all(kinds.get(level[2], "") == above[level[3]] for level in levels)
            case "GE":
                assert one[1:] == [str(transactions), group]
            case "IEA":
                assert one[1:] == [str(groups), control]
