"""What codes settle is asked no more; all else is asked each time, and no answer changes."""

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from scrubber.claim.model import NO_PATIENT, NO_PAYER, NO_PROVIDER, Claim, Line, Ndc
from scrubber.edits.edit import Edit, claim_edit, diagnosis_edit, history_edit, line_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.payers.pack import PayerPack
from scrubber.pipeline import recall
from scrubber.pipeline.plan import Plan
from scrubber.pipeline.recall import CLAIM_CODES, DIAGNOSIS_CODES, LINE_CODES, codes_beside_parts
from scrubber.pipeline.run import run
from scrubber.reference.shelf import Shelf, open_shelf, starter_directory
from tests.pipeline.test_engine import common
from tests.twins import claim_of

PACK = PayerPack("base@2024-01-01", False, {}, {}, {})
OTHER_DAY = timedelta(days=1)
LONG_AGO = frozenset((date(1900, 1, 1), date(1900, 1, 2)))


def claim_with(**values: Any) -> Claim:
    """Return the clean professional claim with other values in its first line."""
    claim = claim_of("professional", {}, "recall-1", "2024-08-20")
    line = msgspec.structs.replace(claim.lines[0], **values)
    return msgspec.structs.replace(claim, lines=(line,), by_day=((line.day, (line,)),))


class Asking:
    """A plan of one edit that counts how often it is asked with the claim itself."""

    def __init__(
        self, decorator: Any, answer: Callable[..., Verdict], shelf: Shelf | None = None
    ) -> None:
        """Make the edit of its function."""
        self.times = 0

        def counted(claim: Claim, *beside: Any) -> Verdict:
            """Something is wrong."""
            self.times += type(claim) is Claim
            return answer(claim, *beside)

        self.edit: Edit = decorator(**common("counted"))(counted)
        self.plan = Plan("professional", PACK, (self.edit,), shelf or Shelf.of_rows({}))

    def of(self, *claims: Claim) -> list[Any]:
        """Return what is said of each: failures, and what is needed."""
        results = [run(self.plan, claim, None) for claim in claims]
        return [
            len(one.said) or next(iter(one.lacking.by_edit.values()), ("pass",))[0]
            for one in results
        ]


def only_procedure(_claim: Claim, line: Line) -> Verdict:
    """Look at nothing but a code."""
    return fail(line.at("procedure"), line) if line.procedure == "99213" else PASS


def test_an_edit_that_looks_at_codes_alone_is_asked_once() -> None:
    """The second line with these codes is read for it, and from then on none, whatever it holds."""
    asking = Asking(line_edit, only_procedure)
    charges = [claim_with(procedure="99214", charge=Decimal(n)) for n in range(5)]
    assert asking.of(*charges) == ["pass"] * 5
    assert asking.times == 1


def test_what_is_read_through_has_its_class() -> None:
    """An edit that asks for the class of a line goes the way it goes with a line."""
    asking = Asking(
        line_edit, lambda _claim, line: PASS if isinstance(line, Line) else fail("", line)
    )
    assert asking.of(*[claim_with()] * 3) == ["pass"] * 3
    assert asking.times == 1


def test_a_failure_is_never_settled() -> None:
    """It says where it is, so it is said anew each time."""
    asking = Asking(line_edit, only_procedure)
    assert asking.of(*[claim_with(procedure="99213")] * 4) == [1] * 4
    assert asking.times == 4


@pytest.mark.parametrize(
    "looks",
    [
        lambda _claim, line: fail("", line) if line.charge else PASS,
        lambda claim, _line: fail("") if claim.total_charge == 1 else PASS,
        lambda claim, _line: fail("") if claim.destination.payer_id == "X" else PASS,
        lambda claim, _line: fail("") if claim.patient.birth_date == date(1900, 1, 1) else PASS,
        lambda claim, _line: fail("") if claim.patient.birth_date in LONG_AGO else PASS,
        lambda claim, _line: fail("") if claim.rendering_provider.npi == "1" else PASS,
        lambda _claim, line: fail("", line) if line.day > date(2024, 9, 9) else PASS,
        lambda _claim, line: fail("", line) if line.day == date(2024, 9, 9) else PASS,
        lambda _claim, line: fail("", line) if f"{line.day}" == "2024-09-09" else PASS,
        lambda _claim, line: fail("", line) if f"{line.service_from}" == "" else PASS,
        lambda _claim, line: fail("", line) if str(line.description) == "x" else PASS,
        lambda _claim, line: fail("", line) if line.at("x") == "x" else PASS,
    ],
)
def test_an_edit_that_looks_at_more_is_asked_each_time(looks: Callable[..., Verdict]) -> None:
    """At an amount, an identifier, a date, or at what a value is that is there."""
    asking = Asking(line_edit, looks)
    claim = claim_with(charge=Decimal(0), description="typed")
    assert asking.of(*[claim] * 4) == ["pass"] * 4
    assert asking.times == 4


def test_whether_a_value_is_there_may_be_looked_at() -> None:
    """Present and absent are two codes, each settled by itself."""
    asking = Asking(
        line_edit,
        lambda _claim, line: PASS if line.service_from is not None else no_data("a", line.day),
    )
    there, absent = claim_with(), claim_with(service_from=None)
    assert asking.of(*[there, absent] * 3) == ["pass", f"a@{absent.lines[0].day}"] * 3
    assert asking.times == 2


DAY = date(2024, 8, 5)


def test_what_is_lacked_is_lacked_on_the_day_of_the_line() -> None:
    """Settled once for all days, and named for each."""
    asking = Asking(line_edit, lambda _claim, line: no_data("pprrvu", line.day))
    days = [DAY + OTHER_DAY * n for n in range(4)]
    claims = [claim_with(day=day, service_from=day) for day in days]
    assert asking.of(*claims) == [f"pprrvu@{day}" for day in days]
    assert asking.times == 1


def test_an_edit_with_a_table_of_the_day_is_settled_for_the_day() -> None:
    """Another day may have another table."""

    def in_force(_claim: Claim, line: Line, codes: Any) -> Verdict:
        return PASS if codes.status(line.procedure) == "in_force" else fail("", line)

    rows = [{"code": "A0001", "effective": "2024-08-06"}]
    shelf = Shelf.of_rows({"hcpcs": rows})
    asking = Asking(lambda **given: line_edit(**given, data=("hcpcs",)), in_force, shelf)
    claims = [claim_with(procedure="A0001", day=DAY + OTHER_DAY * n) for n in (0, 1, 2)]
    assert asking.of(*claims * 4) == [1, "pass", "pass"] * 4
    assert asking.times == 4 + 1 + 1


def test_claims_diagnoses_and_missing_histories_are_settled_too() -> None:
    """By the codes of the claim, and of the diagnosis; a claim without history by its codes."""
    claim = claim_with()
    for decorator, looks in (
        (claim_edit, lambda claim: PASS if claim.claim_frequency_code else fail("")),
        (history_edit, lambda claim, prior: PASS if prior else no_data("history", claim.day)),
    ):
        asking = Asking(decorator, looks)
        asking.of(*[claim] * 4)
        assert asking.times == 1
    asking = Asking(
        lambda **given: diagnosis_edit(**given, data=("icd-10-cm",)),
        lambda _claim, diagnosis, _first, last: (
            PASS if last.status(diagnosis.code) == "billable" else fail("")
        ),
        open_shelf(starter_directory()),
    )
    assert asking.of(*[claim] * 4) == ["pass"] * 4
    assert asking.times == len(claim.diagnoses)


def test_an_edit_that_only_readers_stop_goes_on_as_it_did() -> None:
    """What stops it there is no finding, and it is asked each time."""
    asking = Asking(claim_edit, lambda claim: PASS if msgspec.structs.asdict(claim) else fail(""))
    assert asking.of(*[claim_with()] * 4) == ["pass"] * 4
    assert asking.times == 4


def test_what_is_known_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond its limit it begins again, in all plans."""
    monkeypatch.setattr(recall, "MOST_CODES", 100)
    asking = Asking(line_edit, only_procedure)
    claims = [claim_with(procedure=f"A{n:04}") for n in range(60)]
    recall.Recall.forget()
    asking.of(*claims, *claims)
    assert asking.times == 60
    asking.of(*[claim_with(procedure=f"B{n:04}") for n in range(60)])
    asking.of(*claims)
    assert asking.times == 180


def told_of(readable: Mapping[str, Any], at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the paths of what a reader tells."""
    for name, told in readable.items():
        if isinstance(told, Mapping):
            yield (*at, name)
            yield from told_of(told, (*at, name))
        elif name not in ("type", "day"):  # the plan's own; what stands for any
            yield (*at, name)


NOBODY = {"destination": NO_PAYER, "patient": NO_PATIENT}


def changed(struct: Any, path: tuple[str, ...]) -> Any:
    """Return the struct with another value at a path: a code, absent, or nobody."""
    name, *rest = path
    value = getattr(struct, name)
    if rest:
        other = changed(value, tuple(rest))
    elif name in NOBODY or name.endswith(("provider", "facility")):
        nobody = NOBODY.get(name, NO_PROVIDER)
        other = copy(nobody) if value is nobody else nobody
    elif isinstance(value, bool):
        other = not value
    elif isinstance(value, date | Ndc):
        other = None
    elif value is None:
        other = date(2024, 1, 1)
    else:
        other = value[:0] if value else "x" if isinstance(value, str) else ("x",)
    if isinstance(struct, msgspec.Struct):
        return msgspec.structs.replace(struct, **{name: other})
    result = copy(struct)
    setattr(result, name, other)
    return result


@pytest.mark.parametrize(
    ("readable", "codes", "part"),
    [
        (recall._BESIDE_PARTS, codes_beside_parts, lambda claim: claim),
        (CLAIM_CODES.readable, CLAIM_CODES.of, lambda claim: claim),
        (LINE_CODES.readable, LINE_CODES.of, lambda claim: claim.lines[0]),
        (DIAGNOSIS_CODES.readable, DIAGNOSIS_CODES.of, lambda claim: claim.diagnoses[0]),
    ],
)
def test_what_may_be_read_is_in_the_codes(
    readable: Mapping[str, Any], codes: Callable[[Any], Any], part: Callable[[Claim], Any]
) -> None:
    """Another value of what an edit may read without notice is another code."""
    about = part(claim_with(ndc=Ndc("99999000601", None, "")))

    def key(one: Any) -> Any:
        # The codes beside parts come before those of the claim itself.
        return (codes_beside_parts(one), codes(one)) if codes is CLAIM_CODES.of else codes(one)

    paths = [path for path in told_of(readable) if path != ("admission",)]
    assert paths
    assert [path for path in paths if key(changed(about, path)) == key(about)] == []
