"""
The ICD-10-CM notes against a second reading of the tabular list, straight from the XML.

The edits ask sets of beginnings, compiled at import. The second reading keeps the tree and asks
whether a code lies between two others in the order of the list.
"""

import csv
import gzip
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest

from scrubber.claim.compile import compile_claim
from scrubber.contracts.decode import decode_claim_event
from scrubber.edits.registry import all_edits
from scrubber.edits.verdict import Fail
from scrubber.payers.pack import PayerPack
from scrubber.pipeline.plan import Plan
from scrubber.pipeline.run import run
from scrubber.reference.shelf import Shelf, open_shelf
from tests.twins import base_claim

DAY = date(2026, 7, 1)
EDITS = ("excludes1-conflict", "code-first-order", "diagnosis-seventh-character-invalid")
LETTERS = "ABCDEFGHJKMNPQRS0123456789"

Span = tuple[int, int]
Element = ET.Element


@dataclass
class Code:
    """A code of the list: where it stands, what stands above it, its seventh characters."""

    name: str
    first: int
    last: int
    chain: list[Element]
    seventh: list[str] = field(default_factory=list)
    terminal: bool = False


class SecondReading:
    """The list as a tree."""

    def __init__(self, shared_data: Path) -> None:
        """Read the XML, and which codes the outpatient editor calls manifestations."""
        data = shared_data / "data"
        with gzip.open(data / "icd10cm" / "icd10c-tabular-April-1-2026.xml.gz") as file:
            root = ET.parse(file).getroot()
        self.codes: dict[str, Code] = {}
        self.leaves: dict[str, Code] = {}
        self._count = 0
        for chapter in root.iter("chapter"):
            for section in chapter.iter("section"):
                for diag in section.findall("diag"):
                    self._read(diag, [section, chapter], [])
        with gzip.open(data / "ioce_v27_tables" / "data_dx10.csv.gz", "rt") as file:
            rows = list(csv.DictReader(file))
        self.ever = {row["dx"] for row in rows}
        self.manifestations = {
            row["dx"] for row in rows if row["manifestation"] == "1" and row["hi_version"] == "103"
        }
        self.leaves = {code: node for code, node in self.leaves.items() if code in self.ever}
        self.order = sorted(self.leaves, key=lambda code: self.leaves[code].first)
        self.places = [self.leaves[code].first for code in self.order]

    def _read(self, diag: Element, above: list[Element], inherited: list[str]) -> None:
        name = diag.findtext("name", "").replace(".", "")
        own = [each.get("char", "") for each in diag.findall("sevenChrDef/extension")]
        node = Code(name, self._count, self._count, [diag, *above], own or inherited)
        self.codes[name] = node
        self._count += 1
        below = diag.findall("diag")
        for each in below:
            self._read(each, node.chain, node.seventh)
        node.last = self._count - 1
        node.terminal = not below
        if not below:
            for character in node.seventh or [""]:
                self.leaves[(name.ljust(6, "X") if character else name) + character] = node

    def spans(self, text: str, *, at_end: bool) -> list[Span]:
        """Return what a line names in brackets as stretches of the list; none when it is prose."""
        text = text.strip().rstrip(".").lstrip()
        words = text.replace("-", " ").replace(",", " ").split()
        if {"unless", "except", "character", "characters"} & set(words):
            return []
        inside = [part.split(")")[0] for part in text.split("(")[1:]]
        named = [part for part in inside if any(map(self._like_code, part.split(",")))]
        if at_end and (len(named) != 1 or inside[-1] != named[0] or not text.endswith(")")):
            return []
        found = []
        for part in named:
            for item in filter(None, (each.strip() for each in part.split(","))):
                if not set(item) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.- "):
                    return []
                ends = [each.strip(" .").replace(".", "") for each in item.split("-")]
                ends = [each for each in ends if each]
                if len(ends) <= 2 and all(each in self.codes for each in ends):
                    found.append((self.codes[ends[0]].first, self.codes[ends[-1]].last))
        return found

    def _like_code(self, item: str) -> bool:
        return any(
            each.strip(".,").replace(".", "") in self.codes
            for each in item.replace("-", " ").split()
        )

    def named(self, code: str, tag: str) -> Iterator[tuple[str, list[Span]]]:
        """Yield the words of each note that binds a code, and the stretches that it names."""
        node = self.leaves[code]
        for element in node.chain:
            for note in element.findall(tag):
                texts = [each.text or "" for each in note.findall("note")]
                spans = [
                    span
                    for text in texts
                    for span in self.spans(text, at_end=tag == "excludes1")
                    if not span[0] <= node.first <= span[1]
                ]
                yield " ".join(texts).lower(), spans

    def within(self, code: str, spans: list[Span]) -> bool:
        """Tell whether a code lies in one of the stretches."""
        return code in self.leaves and any(
            first <= self.leaves[code].first <= last for first, last in spans
        )

    def excludes(self, one: str, two: str) -> bool:
        """Tell whether a note of one code excludes the other."""
        return any(self.within(two, spans) for _, spans in self.named(one, "excludes1") if spans)

    def out_of_order(self, code: str, before: list[str], after: list[str]) -> bool:
        """Tell whether a code that should follow another one does not."""
        bound, all_spans, absent_is_wrong = False, [], False
        for words, spans in self.named(code, "codeFirst"):
            if not spans or "for adverse effects" in words:
                continue
            bound = True
            all_spans += spans
            if any(f" {word} " in f" {words.replace(',', ' ')} " for word in ("if", "any", "when")):
                continue
            if "such as" in words:
                absent_is_wrong |= not before
            elif "underlying" in words:
                absent_is_wrong = True
            else:
                absent_is_wrong |= code in self.manifestations
        if not bound or any(self.within(each, all_spans) for each in before):
            return False
        if any(self.within(each, all_spans) for each in after):
            return True
        return absent_is_wrong and not (code in self.manifestations and not before)

    def lacks_seventh(self, code: str) -> bool:
        """Tell whether a code is a full one but for its seventh character."""
        if code in self.ever or len(code) > 7:
            return False
        return any(
            node.terminal and node.seventh and code.startswith(_unfilled(node))
            for node in (self.codes[name] for name in self._starts(code))
        )

    def _starts(self, code: str) -> list[str]:
        filled = [
            code[:length].ljust(size, "X") for length in range(3, 7) for size in range(length, 7)
        ]
        return [name for name in filled if name in self.codes]


def _unfilled(node: Code) -> str:
    return node.name.rstrip("X") if node.chain[0].get("placeholder") == "true" else node.name


@pytest.fixture(scope="module")
def second(shared_data: Path) -> SecondReading:
    """Return the second reading."""
    return SecondReading(shared_data)


@pytest.fixture(scope="module")
def shelf(full_reference: Path) -> Shelf:
    """Return the tables as the edits have them."""
    return open_shelf(full_reference)


def said_of(plan: Plan, codes: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the evidence of each edit's findings on a claim with these diagnoses."""
    document = orjson.loads(base_claim("professional"))
    document["diagnoses"] = [{"code": code} for code in codes]
    for line in document["lines"]:
        line["service_from"] = line["service_to"] = DAY.isoformat()
    event = {
        "schema_version": 1,
        "submission_id": "second-reading",
        "submitted_at": "2026-07-05T12:00:00Z",
        "claim": document,
    }
    claim = compile_claim(decode_claim_event(orjson.dumps(event)).event)
    found: dict[str, list[dict[str, Any]]] = {edit: [] for edit in EDITS}
    for one in run(plan, claim, None).said:
        assert isinstance(one.verdict, Fail), one
        found[one.edit.id].append(one.verdict.evidence)
    return found


def some_codes(second: SecondReading, chosen: random.Random, bound: list[str]) -> list[str]:
    """Return two to five codes, half of them from what a note of another one names."""
    codes = [chosen.choice(bound if chosen.random() < 0.7 else second.order)]
    while len(codes) < chosen.randint(2, 5):
        tag = chosen.choice(("excludes1", "codeFirst"))
        spans = [span for _, spans in second.named(codes[0], tag) for span in spans]
        if spans and chosen.random() < 0.6:
            first, last = chosen.choice(spans)
            low, high = bisect_left(second.places, first), bisect_right(second.places, last)
            code = chosen.choice(second.order[low:high] or second.order)
        else:
            code = chosen.choice(second.order)
        if code not in codes:
            codes.insert(chosen.randint(0, len(codes)), code)
    return codes


def compare(second: SecondReading, shelf: Shelf, count: int, seed: int) -> tuple[int, int, int]:
    """Compare both readings on generated claims; returns how often each edit fired."""
    chosen = random.Random(seed)
    edits = tuple(edit for edit in all_edits() if edit.id in EDITS)
    plan = Plan("professional", PayerPack("second@1", False, {}, {}, {}), edits, shelf)
    sample = chosen.sample(second.order, 5_000)
    following, excluding = (
        [code for code in sample if any(spans for _, spans in second.named(code, tag))]
        for tag in ("codeFirst", "excludes1")
    )
    seventh = [code for code in second.order if second.leaves[code].seventh]
    conflicts = orders = characters = 0
    for number in range(count):
        codes = some_codes(second, chosen, following if number % 2 else excluding)
        said = said_of(plan, codes)
        pairs = {
            (one, two)
            for at, one in enumerate(codes)
            for two in codes[at + 1 :]
            if second.excludes(one, two) or second.excludes(two, one)
        }
        assert {(e["code_a"], e["code_b"]) for e in said["excludes1-conflict"]} == pairs, codes
        late = {
            code
            for at, code in enumerate(codes)
            if second.out_of_order(code, codes[:at], codes[at + 1 :])
        }
        assert {e["code"] for e in said["code-first-order"]} == late, codes
        wrong = mutated(chosen, chosen.choice(seventh))
        assert bool(said_of(plan, [wrong])[EDITS[2]]) == second.lacks_seventh(wrong), wrong
        conflicts, orders = conflicts + len(pairs), orders + len(late)
        characters += second.lacks_seventh(wrong)
    return conflicts, orders, characters


def mutated(chosen: random.Random, code: str) -> str:
    """Return a code with something amiss at its end, or as it is."""
    return chosen.choice(
        (
            code,
            code[:-1],
            code[:-1] + chosen.choice(LETTERS),
            code[: chosen.randint(3, 6)],
            code[: chosen.randint(3, 6)] + code[-1],
            code[:-1].rstrip("X") + code[-1],
            code[:-1].rstrip("X"),
            code + "A",
            code[: chosen.randint(3, 6)].ljust(6, "X") + code[-1],
        )
    )


def test_both_readings_say_the_same(second: SecondReading, shelf: Shelf) -> None:
    """Precision and recall are 1 on generated claims, and each edit fires on many of them."""
    fired = compare(second, shelf, 2_000, 5)
    assert min(fired) > 80, fired


@pytest.mark.long
def test_both_readings_say_the_same_of_many_claims(second: SecondReading, shelf: Shelf) -> None:
    """The same on thirty thousand claims."""
    fired = compare(second, shelf, 30_000, 11)
    assert min(fired) > 1_200, fired
