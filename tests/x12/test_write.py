"""What is written has the claims chosen, their own bytes, and envelopes that balance."""

import csv
import io
from itertools import count
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scrubber.x12.correct import CorrectionError
from scrubber.x12.envelope import HELD_BYTES, read_transactions
from scrubber.x12.segments import Segments
from scrubber.x12.write import write_claims
from tests.conftest import ROOT
from tests.x12.test_replies import accepted_by_pyx12
from tests.x12.written import Plan, balanced, built, claims_of, events_of, structure_errors, written

FIXTURES = [
    *sorted((ROOT / "tests/x12/fixtures").glob("*.837")),
    *sorted((ROOT / "samples").glob("*.837")),
]
SAMPLE = (ROOT / "samples/professional.837").read_bytes()

subscribers = st.tuples(st.integers(0, 2), st.lists(st.integers(1, 2), max_size=2)).filter(
    lambda one: one[0] or one[1]
)
providers = st.lists(st.lists(subscribers, min_size=1, max_size=3), min_size=1, max_size=2)
plans: st.SearchStrategy[Plan] = st.lists(
    st.lists(st.lists(providers, min_size=1, max_size=2), min_size=1, max_size=2),
    min_size=1,
    max_size=2,
)


def everything(_: str) -> bool:
    """Leave nothing out."""
    return True


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_where_nothing_is_left_out_every_byte_stays(path: Path) -> None:
    """Of each of our own files."""
    raw = path.read_bytes()
    assert written(raw, everything) == raw


def test_every_public_example_is_written_as_it_was_read(shared_data: Path) -> None:
    """All 837 examples that are read: the same bytes; those refused by version give nothing."""
    folder = shared_data / "claims" / "x12"
    with (folder / "FILES.csv").open(newline="") as stream:
        files = [row for row in csv.DictReader(stream) if "005010" in " ".join(row.values())]
    assert len(files) == 19
    for path in (one for one in folder.rglob("*") if one.suffix in (".837", ".837i", ".txt")):
        if path.name.startswith("LICENSE"):
            continue
        raw = path.read_bytes()
        if path.name.startswith("v4010"):
            assert written(raw, everything) == b""
            continue
        out = written(raw, everything)
        assert out == raw, path.name
        assert events_of(out) == events_of(raw)


def test_what_held_only_claims_left_out_is_left_out() -> None:
    """The subscribers of the first and third claim go, the levels behind move up."""
    out = written(SAMPLE, lambda name: name.endswith(("-2", "-4")))
    assert claims_of(out) == [claims_of(SAMPLE)[1], claims_of(SAMPLE)[3]]
    lines = out.decode().splitlines()
    assert [one for one in lines if one.startswith("HL")] == [
        "HL*1**20*1~", "HL*2*1*22*1~", "HL*3*2*23*0~", "HL*4*1*22*0~",
    ]  # fmt: skip
    assert lines[-3:] == ["SE*46*0001~", "GE*1*1~", "IEA*1*000000001~"]
    balanced(out)


@given(plan=plans, data=st.data())
@settings(max_examples=50, deadline=None)
@example(plan=[[[[[(1, [1])]]]]], data=None)
def test_a_random_part_is_read_back_as_just_these_claims(plan: Plan, data: st.DataObject) -> None:
    """Counts balance, levels are whole, and the structure check finds nothing."""
    form = {"element": "*", "terminator": "~", "line": "\n"}
    if data:
        form |= data.draw(
            st.sampled_from([{}, {"line": ""}, {"element": "|", "terminator": "'"}, {"line": "\r\n"},
                             {"terminator": "\n", "line": ""}])
        )  # fmt: skip
    raw = built(plan, **form)
    claims = claims_of(raw)
    keep = [False] * len(claims)
    if data:
        keep = data.draw(st.lists(st.booleans(), min_size=len(claims), max_size=len(claims)))
    flags = iter(keep)
    out = written(raw, lambda _: next(flags))
    kept = [claim for claim, goes_on in zip(claims, keep, strict=True) if goes_on]
    assert claims_of(out) == kept
    assert next(flags, None) is None
    assert (out == raw) == all(keep)
    assert bool(out) == bool(kept)
    if kept:
        balanced(out, form["element"], form["terminator"])
        assert structure_errors(out) == []


def test_pyx12_accepts_a_part_as_it_accepts_the_whole() -> None:
    """A file with every kind of level, and a part of it drawn with a seed."""
    raw = built([[[[[(1, [1, 2]), (0, [1])], [(2, [])]], [[(1, [1])]]], [[[(1, [])]]]]])
    draw = Random(8)
    part = written(raw, lambda _: draw.random() < 0.6)
    assert part != raw
    for out in (raw, part):
        balanced(out)
        assert accepted_by_pyx12(out.decode())


def test_a_subscriber_whose_dependents_all_go_has_none() -> None:
    """HL04 becomes 0, and stays 1 where one dependent stays."""
    raw = built([[[[[(1, [1, 1])]]]]])
    alone = written(raw, lambda name: name.endswith("-1"))
    assert b"HL*2*1*22*0~" in alone
    one_left = written(raw, lambda name: not name.endswith("-2"))
    assert b"HL*2*1*22*1~" in one_left
    assert b"HL*3*2*23*0~" in one_left


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"GE*1*1~", b"GE*7*1~"),
        (b"GE*1*1~", b"GE*1*9~"),
        (b"GE*1*1~\n", b""),
        (b"IEA*1*000000001~", b"IEA*2*000000001~"),
        (b"IEA*1*000000001~\n", b""),
        (b"GE*1*1~\nIEA*1*000000001~\n", b""),
    ],
)
def test_a_wrong_envelope_comes_out_right(old: bytes, new: bytes) -> None:
    """Its claims were read, so they go on, in a file without that fault."""
    assert old in SAMPLE
    assert written(SAMPLE.replace(old, new), everything).rstrip() == SAMPLE.rstrip()


def test_what_was_not_read_is_not_written() -> None:
    """A transaction of a wrong count goes, and what stands outside of transactions."""
    raw = built([[[[[(1, [])]], [[(1, [])]], [[(1, [])]]]]])
    cut = raw.replace(b"SE*24*0002", b"SE*23*0002").replace(b"GE*3*1~", b"ZZZ*1~\nGE*3*1~")
    assert cut.count(b"SE*23*0002") == 1
    out = written(cut, everything)
    assert [claim["patient_control_number"] for claim in claims_of(out)] == ["C1", "C3"]
    assert b"ZZZ" not in out
    assert b"GE*2*1~" in out


def test_a_level_without_any_claim_stays_with_its_neighbours() -> None:
    """Nobody left a claim of it out; with the last claim beside it, it goes as well."""
    raw = built([[[[[(1, []), (0, []), (1, [])]]]]])
    assert written(raw, everything) == raw
    first = written(raw, lambda name: name.endswith("-1"))
    assert first.count(b"NM1*IL") == 2
    last = written(raw, lambda name: name.endswith("-2"))
    assert last.count(b"NM1*IL") == 2
    balanced(last)
    assert written(raw, lambda _: False) == b""
    empty = built([[[[[(0, [])]]]]])
    assert written(empty, everything) == empty


def test_a_transaction_too_long_to_be_held_is_written_the_same() -> None:
    """Piece by piece, and each subscriber's HL04 is right."""
    raw = built([[[[[(1, [1, 1])] * 1400]]]])
    assert len(raw) > HELD_BYTES
    assert written(raw, everything) == raw
    numbers = count()
    out = written(raw, lambda _: next(numbers) % 3 == 0)
    assert len(claims_of(out)) == 1400
    balanced(out)


def test_blanks_a_mark_and_several_interchanges_stay() -> None:
    """And so do line breaks at the end of the file."""
    raw = b"\xef\xbb\xbf\n" + SAMPLE + b"\n\n" + SAMPLE.replace(b"\n", b"") + b"\r\n\x1a"
    assert written(raw, everything) == raw


def test_a_control_number_that_is_no_text_is_written_as_it_was_sent() -> None:
    """GE02 is put right by GS06, byte for byte."""
    raw = SAMPLE.replace(b"*1400*1*X*", b"*1400*\x80*X*", 1)
    assert b"GE*1*\x80~" in written(raw, everything)


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_a_damaged_file_never_raises_and_gives_what_was_read(data: st.DataObject) -> None:
    """Bytes changed anywhere: the claims that are read are the claims that are written."""
    raw = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(106, len(raw) - 1))] = data.draw(st.integers(0, 255))
    got: list[str] = []

    def note(name: str) -> bool:
        got.append(name)
        return True

    def refused(name: str, error: CorrectionError) -> None:
        raise AssertionError(name) from error

    damaged = bytes(raw)
    out = b"".join(write_claims(io.BytesIO(damaged), io.BytesIO(damaged), note, refused))
    assert len(claims_of(out)) == len(got)
    list(read_transactions(Segments(io.BytesIO(out))))
