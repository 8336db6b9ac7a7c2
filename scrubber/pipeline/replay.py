"""
Outcomes held against those that were recorded: what another release, pack or table changes.

Compared is the judgement: disposition, findings, missing data, bypasses, review. Ids and versions
differ whenever anything was changed. A replay knows no earlier claim of a patient, so what edits
say that read them is left out on both sides.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import orjson

from scrubber.edits.registry import all_edits

Json = dict[str, Any]
Versions = dict[str, tuple[set[str], set[str]]]
"""By what was judged: its versions before, and now."""

_MISSING_TABLE: Final = "reference-edition-missing"
_DIGEST_BYTES: Final = 16
_PARTS: Final = ("added", "removed", "reworded")


@cache
def _read_history() -> frozenset[str]:
    return frozenset(edit.id for edit in all_edits() if edit.scope == "history")


class NoOutcomeError(ValueError):
    """Text that is no outcome event; the message quotes none of it."""


class Remark(NamedTuple):
    """What an edit said: a finding of some severity, `no_data` or `bypassed`; and where."""

    edit: str
    kind: str
    path: str = ""
    lines: tuple[int, ...] = ()


class _Judgement(NamedTuple):
    """What an outcome comes to; digests stand for words, review, claim and the whole event."""

    submission_id: str
    disposition: str
    remarks: tuple[tuple[Remark, bytes], ...]
    review: bytes
    claim: bytes
    event: bytes
    versions: tuple[tuple[str, str], ...]
    without_history: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A claim that is judged otherwise; of the claim it holds its id and its total charge."""

    submission_id: str
    before: str
    now: str
    charge: Decimal
    added: tuple[Remark, ...]
    removed: tuple[Remark, ...]
    reworded: tuple[Remark, ...]
    review: bool

    def document(self) -> Json:
        """Return it as JSON."""
        parts = {name: [one._asdict() for one in getattr(self, name)] for name in _PARTS}
        return {
            "submission_id": self.submission_id,
            "before": self.before,
            "now": self.now,
            "total_charge": str(self.charge),
            **parts,
            "review": self.review,
        }


class Comparison:
    """
    Recorded outcomes; those of now are held against them one by one, and counted.

    `compared` claims are `identical` to the byte, `differing`, or alike. `left_out` counts those
    with findings of edits that read a patient's history. `moved` has claims and dollars by
    disposition before and now, `edits` how many claims' findings of an edit were added, removed or
    reworded. All recorded judgements are kept in memory, some kilobyte each.
    """

    def __init__(self, recorded: Iterable[bytes]) -> None:
        """
        Take the outcomes that were recorded; raises `NoOutcomeError`.

        One that follows from a decision is a person's word, and is passed over.
        """
        self.compared = self.identical = self.differing = 0
        self.unrecorded = self.other_claim = self.left_out = 0
        self.moved: dict[tuple[str, str], tuple[int, Decimal]] = {}
        self.edits: dict[tuple[str, str], Counter[str]] = {}
        self.versions: Versions = {}
        self._recorded: dict[str, _Judgement] = {}
        self._held: set[str] = set()
        same: dict[Any, Any] = {}  # most claims lack the same tables, and have the same versions
        for text in recorded:
            judged, revision = _read(text)
            if not revision:
                kept = judged._replace(
                    remarks=tuple(same.setdefault(one, one) for one in judged.remarks),
                    versions=same.setdefault(judged.versions, judged.versions),
                )
                self._recorded.setdefault(kept.submission_id, kept)

    @property
    def unmet(self) -> int:
        """How many recorded outcomes have not met their claim."""
        return len(self._recorded) - len(self._held)

    def hold(self, text: bytes, charge: Decimal) -> Difference | None:
        """Hold an outcome of now against the recorded one; return what differs."""
        now, _ = _read(text)
        before = self._recorded.get(now.submission_id)
        if before is None:
            self.unrecorded += 1
            return None
        if now.claim != before.claim:
            self.other_claim += 1
            return None
        if now.submission_id in self._held:  # sent again, and answered once
            return None
        self._held.add(now.submission_id)
        self._count(before, now, charge)
        difference = _difference(before, now, charge)
        if difference is not None:
            self.differing += 1
            for name in _PARTS:
                for edit, kind in {(one.edit, one.kind) for one in getattr(difference, name)}:
                    self.edits.setdefault((edit, kind), Counter())[name] += 1
        return difference

    def _count(self, before: _Judgement, now: _Judgement, charge: Decimal) -> None:
        self.compared += 1
        self.identical += now.event == before.event
        self.left_out += before.without_history or now.without_history
        key = (before.disposition, now.disposition)
        claims, dollars = self.moved.get(key, (0, Decimal(0)))
        self.moved[key] = (claims + 1, dollars + charge)
        for side, judged in enumerate((before, now)):
            for what, version in judged.versions:
                self.versions.setdefault(what, (set(), set()))[side].add(version)


def _read(text: bytes) -> tuple[_Judgement, int]:
    """Return what an outcome event comes to, and its revision."""
    try:
        outcome = orjson.loads(text)
        return _judgement(outcome, text), outcome.get("revision", 0)
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise NoOutcomeError(f"no outcome event ({type(error).__name__})") from None


def _judgement(outcome: Json, text: bytes) -> _Judgement:
    findings = [one for one in outcome["findings"] if one["edit"] not in _read_history()]
    without_history = len(findings) < len(outcome["findings"])
    versions = dict(outcome["versions"])
    reference = versions.pop("reference")
    return _Judgement(
        outcome["submission_id"],
        _disposition(findings) if without_history else outcome["disposition"],
        tuple(_remarks(findings, outcome)),
        b"" if without_history else _digest(outcome["review"]),
        _digest(outcome["claim"]),
        blake2b(text, digest_size=_DIGEST_BYTES).digest(),
        tuple(sorted((versions | reference).items())),
        without_history,
    )


def _remarks(findings: list[Json], outcome: Json) -> Iterator[tuple[Remark, bytes]]:
    for one in findings:
        # That a table is missing, `no_data` says by edit. What the pack must have holds the claim.
        if one["edit"] != _MISSING_TABLE or one["severity"] == "review":
            place = Remark(one["edit"], one["severity"], one["path"], tuple(one["lines"]))
            yield place, _digest(one)
    for one in outcome["no_data"]:
        if one["edit"] not in _read_history():
            yield Remark(one["edit"], "no_data"), b""
    for one in outcome["bypassed"]:
        if one["edit"] not in _read_history():
            yield Remark(one["edit"], "bypassed", "", tuple(one["lines"])), _digest(one)


def _disposition(findings: list[Json]) -> str:
    severities = {one["severity"] for one in findings}
    if "reject" in severities:
        return "rejected"
    return "review" if "review" in severities else "clean"


def _digest(value: Any) -> bytes:
    return blake2b(
        orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=_DIGEST_BYTES
    ).digest()


def _difference(before: _Judgement, now: _Judgement, charge: Decimal) -> Difference | None:
    had, found = Counter(before.remarks), Counter(now.remarks)
    new = Counter(remark for remark, _ in (found - had).elements())
    gone = Counter(remark for remark, _ in (had - found).elements())
    difference = Difference(
        now.submission_id,
        before.disposition,
        now.disposition,
        charge,
        added=tuple((new - gone).elements()),
        removed=tuple((gone - new).elements()),
        reworded=tuple((new & gone).elements()),
        review=b"" not in (before.review, now.review) and before.review != now.review,
    )
    same = not (new or gone or difference.review) and before.disposition == now.disposition
    return None if same else difference
