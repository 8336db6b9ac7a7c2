"""A corrected claim is written into its own segments, and reads back as it was wanted."""

import copy
import io
from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.x12.correct import CorrectionError, stated
from scrubber.x12.write import write_claims
from tests.conftest import ROOT
from tests.x12.written import claims_of, events_of, structure_errors, written

Json = dict[str, Any]
FILES = {
    name: (ROOT / path).read_bytes()
    for name, path in {
        "professional": "tests/x12/fixtures/professional.837",
        "dental": "tests/x12/fixtures/dental.837",
        "institutional": "tests/x12/fixtures/institutional.837",
        "sample": "samples/professional.837",
        "stay": "samples/institutional.837",
    }.items()
}

money = st.decimals(0, 99999, places=2).map(str)
days = st.dates().map(str).filter(lambda day: day >= "1900")
word = st.text("ABCDEFGHJK0123456789", min_size=1, max_size=12)
letter = st.sampled_from("ABCXYZ")
icd = st.from_regex("[A-Z][0-9]{2}[0-9A-Z]{0,4}", fullmatch=True)


class Field:
    """A field that may be corrected, by its path: values, and the segments it may touch."""

    def __init__(self, path: str, values: st.SearchStrategy[Any], *segments: str) -> None:
        """Keep the parts."""
        self.path = path.split("/")
        self.values = values
        self.segments = set(segments)

    def holder(self, claim: Json) -> Any:
        """Return what has the field."""
        place: Any = claim
        for part in self.path[:-1]:
            place = place[int(part)] if part.isdecimal() else place.setdefault(part, {})
        return place


EVERY = [
    Field("patient_control_number", word, "CLM"),
    Field("total_charge", money, "CLM"),
    Field("claim_frequency_code", st.sampled_from("178"), "CLM"),
    Field("accept_assignment", letter, "CLM"),
    Field("benefits_assigned", letter, "CLM"),
    Field("release_of_information", letter, "CLM"),
    Field("delay_reason_code", st.sampled_from(["1", "11"]), "CLM"),
    Field("payer_claim_control_number", word, "REF"),
    Field("patient_amount_paid", money, "AMT"),
    Field("payers/0/prior_authorization", word, "REF"),
    Field("payers/0/referral_number", word, "REF"),
    Field("diagnoses/0/code", icd, "HI"),
    Field("lines/0/procedure", word, "SV1", "SV2", "SV3"),
    Field("lines/0/modifiers", st.lists(word.map(lambda one: one[:2]), max_size=4), "SV1", "SV2", "SV3"),
    Field("lines/0/charge", money, "SV1", "SV2", "SV3"),
    Field("lines/0/units", money, "SV1", "SV2", "SV3"),
    Field("lines/0/description", word, "SV1", "SV2", "SV3"),
    Field("lines/0/prior_authorization", word, "REF"),
    Field("lines/0/number", st.integers(1, 999), "LX"),
]  # fmt: skip
ONLY = {
    "professional": [
        Field("place_of_service", word, "CLM"),
        Field("related_causes", st.lists(st.sampled_from(["AA", "OA", "EM"]), max_size=3), "CLM"),
        Field("accident_state", st.sampled_from(["NE", "IA"]), "CLM"),
        Field("accident_date", days, "DTP"),
        Field("onset_date", days, "DTP"),
        Field("clia_number", word, "REF"),
        Field("lines/0/unit_type", st.sampled_from(["UN", "MJ"]), "SV1"),
        Field("lines/0/place_of_service", word, "SV1"),
        Field("lines/0/diagnosis_pointers", st.lists(st.integers(1, 12), max_size=4), "SV1"),
        Field("lines/0/clia_number", word, "REF"),
    ],
    "dental": [
        Field("place_of_service", word, "CLM"),
        Field("predetermination", st.booleans(), "CLM"),
        Field("lines/0/oral_cavity", st.lists(st.sampled_from(["00", "10", "20"])), "SV3"),
        Field("lines/0/place_of_service", word, "SV3"),
    ],
    "institutional": [
        Field("admission/date", days, "DTP"),
        Field("admission/type", st.sampled_from("123"), "CL1"),
        Field("admission/source", st.sampled_from("123"), "CL1"),
        Field("admission/discharge_status", st.sampled_from(["01", "20"]), "CL1"),
        Field("lines/0/revenue_code", word, "SV2"),
        Field("condition_codes", st.lists(word), "HI"),
        Field("value_codes", st.lists(st.builds(lambda c, a: {"code": c, "amount": a}, word, money)), "HI"),
        Field("occurrence_codes", st.lists(st.builds(lambda c, d: {"code": c, "date": d}, word, days)), "HI"),
        Field("occurrence_spans", st.lists(st.builds(lambda c, d: {"code": c, "from": d, "to": d}, word, days)), "HI"),
        Field("procedures", st.lists(st.builds(lambda c, d: {"code": c, "date": d}, word, days)), "HI"),
    ],
}  # fmt: skip


def corrected(raw: bytes, number: int, wanted: Json) -> bytes:
    """Return the file with one claim corrected, the others as they are."""
    ids = [event["submission_id"] for event in events_of(raw)]
    return written(raw, lambda name: wanted if name == ids[number] else True)


def refusal(raw: bytes, change: Callable[[Json], object]) -> list[str]:
    """Return why the first claim of a file cannot be written so changed; it is left out."""
    events = events_of(raw)
    wanted = copy.deepcopy(events[0]["claim"])
    change(wanted)
    got: list[str] = []

    def refused(name: str, error: CorrectionError) -> None:
        assert name == events[0]["submission_id"]
        got.extend(error.pointers)

    out = b"".join(
        write_claims(
            io.BytesIO(raw),
            io.BytesIO(raw),
            lambda name: wanted if name == events[0]["submission_id"] else True,
            refused,
        )
    )
    left = [one["patient_control_number"] for one in claims_of(out)]
    assert left == [one["claim"]["patient_control_number"] for one in events[1:]]
    return got


def touched(before: bytes, after: bytes) -> set[str]:
    """Return the ids of the segments that are not the same in both; SE counts them."""
    old, new = before.split(b"~"), after.split(b"~")
    ids: set[str] = set()
    for kind, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind != "equal":
            ids |= {one.strip().split(b"*")[0].decode() for one in (*old[a:b], *new[c:d])}
    return ids


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_any_field_that_may_be_corrected_is_written_in_its_own_segment(data: st.DataObject) -> None:
    """It reads back, all else is the same to the byte, and other claims are untouched."""
    raw = FILES[data.draw(st.sampled_from(sorted(FILES)))]
    claims = claims_of(raw)
    number = data.draw(st.integers(0, len(claims) - 1))
    wanted = copy.deepcopy(claims[number])
    fields = [one for one in EVERY + ONLY[wanted["type"]] if wanted.get(one.path[0], "?") != []]
    field = data.draw(st.sampled_from(fields))
    holder, name = field.holder(wanted), field.path[-1]
    had = name in holder
    kept = ("number", "code", "claim_frequency_code")
    if had and name not in kept and data.draw(st.booleans()):
        del holder[name]
    else:
        holder[name] = data.draw(field.values)
    if name == "claim_frequency_code" and wanted["type"] == "institutional":
        wanted["type_of_bill"] = wanted["type_of_bill"][:-1] + holder.get(name, "")
    if name == "procedure" and "qualifier" not in holder:
        holder["qualifier"] = "HC"
    if name in ("discharge_status", "source", "type") and not had:
        return  # a CL1 of its own is not made
    out = corrected(raw, number, wanted)
    back = claims_of(out)
    assert stated(back[number]) == stated(wanted)
    assert [one for n, one in enumerate(back) if n != number] == [
        one for n, one in enumerate(claims) if n != number
    ]
    assert touched(raw, out) <= field.segments | {"SE"}


@pytest.mark.parametrize("name", sorted(FILES))
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_list_of_diagnoses_is_written(name: str, data: st.DataObject) -> None:
    """Added, taken away, put in another order: HI segments of twelve, principal first."""
    raw = FILES[name]
    claims = claims_of(raw)
    wanted = copy.deepcopy(claims[0])
    others = data.draw(st.lists(icd, max_size=24 if wanted["type"] == "institutional" else 11))
    wanted["diagnoses"] = [{"code": data.draw(icd), "role": "principal"}]
    if wanted["type"] == "institutional":
        wanted["diagnoses"][0]["present_on_admission"] = data.draw(st.sampled_from("YN"))
        if data.draw(st.booleans()):
            wanted["diagnoses"].append({"code": data.draw(icd), "role": "admitting"})
    wanted["diagnoses"] += [{"code": code, "role": "other"} for code in others]
    out = corrected(raw, 0, wanted)
    assert stated(claims_of(out)[0]) == stated(wanted)
    assert touched(raw, out) <= {"HI", "SE"}
    assert all(len(one.split(b"*")) <= 13 for one in out.split(b"~") if one.strip()[:2] == b"HI")
    if name in ("sample", "stay"):
        assert structure_errors(out) == []


def test_a_replacement_names_the_claim_it_replaces() -> None:
    """Frequency 7 and the payer's number: CLM05-3, and a REF*F8 in its place in the guide."""
    raw = FILES["sample"]
    wanted = copy.deepcopy(claims_of(raw)[1])
    wanted |= {"claim_frequency_code": "7", "payer_claim_control_number": "ICN0001"}
    out = corrected(raw, 1, wanted)
    assert b"CLM*X12P0002*205.00***11:B:7*Y*A*Y*Y~\nREF*F8*ICN0001~\nHI*ABK:J069~" in out
    assert structure_errors(out) == []
    assert touched(raw, out) == {"CLM", "REF", "SE"}
    again = copy.deepcopy(claims_of(out)[1])
    again["payer_claim_control_number"] = "ICN0002"
    assert touched(out, corrected(out, 1, again)) == {"REF"}


def test_what_is_not_modelled_stays_in_the_segment_that_changes() -> None:
    """CLM06 and CLM10, a repetition of SV1, components behind the code."""
    raw = FILES["sample"].replace(b"11:B:1*Y*A*Y*Y~", b"11:B:1*Y*A*Y*Y*P~", 1)
    raw = raw.replace(b"*145.00*UN*1***1:2~", b"*145.00*UN*1***1:2**Y****0~", 1)
    wanted = copy.deepcopy(claims_of(raw)[0])
    wanted["place_of_service"] = "22"
    wanted["lines"][0]["units"] = "2"
    out = corrected(raw, 0, wanted)
    assert b"22:B:1*Y*A*Y*Y*P~" in out
    assert b"*145.00*UN*2***1:2**Y****0~" in out


def test_a_line_taken_away_goes_with_its_segments() -> None:
    """The others keep the numbers that the claim gives them."""
    raw = FILES["sample"]
    wanted = copy.deepcopy(claims_of(raw)[0])
    del wanted["lines"][0]
    wanted["total_charge"] = "12.00"
    out = corrected(raw, 0, wanted)
    assert stated(claims_of(out)[0]) == stated(wanted)
    assert out.count(b"HC:99213") == raw.count(b"HC:99213") - 1
    assert touched(raw, out) == {"CLM", "LX", "SV1", "DTP", "SE"}


def test_words_that_x12_has_no_place_for_change_no_byte() -> None:
    """Who coded it, a dot, empty members, a number for a text: the claim says the same."""
    raw = FILES["sample"]
    wanted = copy.deepcopy(claims_of(raw)[0])
    wanted["coding"] = {"codes": [{"target": "/lines/0/procedure", "origin": "ai_modified"}]}
    wanted["diagnoses"][0] |= {"code": "e11.9", "code_system": "ICD-10-CM"}
    wanted["lines"][0]["diagnosis_pointers"] = ["A", "b"]
    wanted |= {"patient": None, "condition_codes": [], "drg": ""}
    assert corrected(raw, 0, wanted) == raw


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        (lambda c: c["billing_provider"].update(npi="1234567893"), ["/billing_provider/npi"]),
        (lambda c: c["payers"][0]["subscriber"].update(first_name="P"), ["/payers/0/subscriber/first_name"]),
        (lambda c: c["lines"].append(dict(c["lines"][0], number=3)), ["/lines"]),
        (lambda c: c["lines"][0].update(modifiers=["1", "2", "3", "4", "5"]), ["/lines/0/modifiers"]),
        (lambda c: c["lines"][0].update(procedure="99*14"), ["/lines/0/diagnosis_pointers"]),
        (lambda c: c["lines"][0].update(procedure="99~14"), ["/lines/0/procedure"]),
        (lambda c: c["diagnoses"][0].update(role="unknown"), ["/diagnoses/0/role"]),
        (lambda c: c.update(of_ours="X"), ["/of_ours"]),
        (lambda c: c.update(drg="470"), ["/drg"]),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused_by_its_place(
    change: Callable[[Json], object], pointers: list[str]
) -> None:
    """People, payers, new lines, delimiters within values: the claim is left out and told."""
    got = refusal(FILES["sample"], change)
    assert set(pointers) <= set(got)


def test_bill_type_and_frequency_that_disagree_are_refused() -> None:
    """CLM05-3 is both."""
    got = refusal(FILES["stay"], lambda claim: claim.update(claim_frequency_code="7"))
    assert got == ["/type_of_bill"]


def test_codes_that_share_a_segment_with_others_are_corrected_in_place_only() -> None:
    """One more would need another segment: which codes it takes along nobody can say."""
    raw = FILES["stay"].replace(b"HI*ABK:", b"HI*BG:09*ABK:", 1)
    wanted = copy.deepcopy(claims_of(raw)[0])
    wanted["diagnoses"][0]["code"] = "E119"
    assert stated(claims_of(corrected(raw, 0, wanted))[0]) == stated(wanted)
    more = {"code": "I10", "role": "other"}
    assert refusal(raw, lambda claim: claim["diagnoses"].append(more)) == ["/diagnoses"]


def test_a_text_in_latin_1_stays_so() -> None:
    """Where other bytes of the segment are none of UTF-8's; what does not fit is refused."""
    raw = FILES["professional"].replace(b"VISIT", b"VISITE \xe9")
    wanted = copy.deepcopy(claims_of(raw)[0])
    wanted["lines"][0]["units"] = "2"
    out = corrected(raw, 0, wanted)
    assert b"VISITE \xe9" in out
    assert refusal(raw, lambda claim: claim["lines"][0].update(description="\u0159 \xe9")) == [
        "/lines/0/description"
    ]
