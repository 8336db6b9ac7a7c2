"""
Twins: the cases of an edit as data, run through the real decoder, compiler, plan and engine.

A twin starts from a claim without findings (`tests/claims/<claim>.yaml`) and states for each case
what is different (`with`, `drop`), which table rows there are (`data`), and what the edit says.

`each` lists further differences, and makes a case of every one of them.

`history` lists the patient's earlier claims, each of them the same claim but for its own `with`
and `drop`, with its `outcome` (clean unless said; or review, released, returned, rejected), the
edits `failing`, the `versions` it was judged by, and the payer's claim `number` once it was paid.
`since` is the first day that the history covers. Without `history` none is kept.

`beside` lists what other edits say of the claim, for an edit that reads it: the id of one that
runs on the claim too, or what one is made to say, with its `edit`, and the `severity` with which it
fails, or the table (`kind@date`) that it `needs`, or the `reason` why it is bypassed.
"""

import re
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from scrubber.claim.compile import compile_claim
from scrubber.claim.history import EMPTY, PatientHistory, decided, digest, paid, remember
from scrubber.claim.model import Claim
from scrubber.claim.prior import Prior
from scrubber.contracts.decode import Fault, Undecodable, decode_claim_event
from scrubber.contracts.remittance import RemittanceEvent
from scrubber.contracts.strict_yaml import read_yaml
from scrubber.edits.edit import Edit
from scrubber.edits.registry import all_edits
from scrubber.edits.results import Failures, Said
from scrubber.edits.verdict import Bypassed, Fail, NoData, Verdict, bypassed, fail, no_data
from scrubber.messages import render
from scrubber.payers.pack import PayerPack, Period
from scrubber.pipeline.own_findings import edit_crashed
from scrubber.pipeline.plan import Plan
from scrubber.pipeline.run import run
from scrubber.reference.shelf import Shelf

HERE = Path(__file__).parent
ALWAYS = Period(None, None)
WHOLE = {"number", "bundled_into", "diagnosis_pointers", "pointers"}
FLAGS = {"destination", "predetermination", "complete", "experimental"}

Json = dict[str, Any]


class Case(NamedTuple):
    """One case of a twin, with the twin's common rows merged in."""

    edit: Edit
    name: str
    claim: str
    spec: Json


def twin_files() -> list[Path]:
    """Return every twin, in the order of their paths."""
    return sorted((HERE / "edits").glob("*/*.yaml"))


def cases_of(path: Path) -> list[Case]:
    """Return the cases of one twin."""
    twin = read_yaml(path)
    edit = next(edit for edit in all_edits() if edit.id == twin["edit"])
    common = {
        key: twin[key]
        for key in ("data", "received", "params", "history", "since", "beside")
        if key in twin
    }
    return [
        Case(edit, case["name"], case.get("claim", twin["claim"]), {**common, **case})
        for stated in twin["cases"]
        for case in variants(stated)
    ]


def variants(stated: Json) -> list[Json]:
    """Return a case, or what `each` makes of it, named by its values."""
    if "each" not in stated:
        return [stated]
    return [
        {
            **stated,
            "name": f"{stated['name']}: {', '.join(map(str, own.values()))}",
            "with": {**stated.get("with", {}), **own},
        }
        for own in stated["each"]
    ]


@cache
def base_claim(name: str) -> bytes:
    """Return a claim without findings, as JSON."""
    return orjson.dumps(typed(read_yaml(HERE / "claims" / f"{name}.yaml")))


def typed(value: Any, key: str = "") -> Any:
    """Return a YAML value, all texts, with the JSON types of the claim event."""
    if isinstance(value, dict):
        # The number of a tooth is text, that of a line is a number.
        return {
            name: typed(member, "" if key == "teeth" else name) for name, member in value.items()
        }
    if isinstance(value, list):
        return [typed(member, key) for member in value]
    if key in WHOLE and re.fullmatch("-?[0-9]+", value):
        return int(value)
    if key == "confidence":
        return float(value)
    return value == "true" if key in FLAGS else value


def compiled(case: Case) -> Claim:
    """Return the claim of a case, through the decoder and the compiler."""
    return claim_of(
        case.claim,
        case.spec,
        case.spec.get("submission_id", "twin-1"),
        case.spec.get("received", "2024-08-20"),
    )


def claim_of(base: str, spec: Json, submission_id: str, received: str) -> Claim:
    """Return a base claim with the changes of `spec`."""
    event = {
        "schema_version": 1,
        "submission_id": submission_id,
        "submitted_at": f"{received}T12:00:00Z",
        "claim": changed(orjson.loads(base_claim(base)), spec),
    }
    return compile_claim(decode_claim_event(orjson.dumps(event)).event)


def changed(document: Json, spec: Json) -> Json:
    """Return the document with the paths of `with` set and those of `drop` taken away."""
    for path, value in spec.get("with", {}).items():
        steps = steps_of(path)
        place = document
        for step, after in pairwise(steps):
            if isinstance(step, str) and step not in place:
                place[step] = [] if isinstance(after, int) else {}
            elif isinstance(step, int) and step == len(place):
                place.append({})  # type: ignore[attr-defined]
            place = place[step]  # type: ignore[index]
        key = next(step for step in reversed(steps) if isinstance(step, str))
        if isinstance(steps[-1], int) and steps[-1] == len(place):
            place.append(typed(value, key))  # type: ignore[attr-defined]
        else:
            place[steps[-1]] = typed(value, key)  # type: ignore[index]
    for path in spec.get("drop", []):
        *way, last = steps_of(path)
        place = document
        for step in way:
            place = place[step]  # type: ignore[index]
        del place[last]  # type: ignore[arg-type]
    return document


def steps_of(path: str) -> list[str | int]:
    """Return the steps of a path such as `lines[0].ndc.code`."""
    return [
        int(step) if step.isdigit() else step
        for step in re.findall(r"[a-z_][a-z_0-9]*|[0-9]+", path)
    ]


class Lacked(NamedTuple):
    """That an edit needed what was not there, beside what edits said."""

    verdict: NoData


def ask(case: Case) -> list[Said | Lacked]:
    """Return what the edit alone says of the case."""
    edit, spec = case.edit, case.spec
    if edit.scope == "event":
        given = spec["with"]
        fault = Fault(**given) if "pointer" in given else Undecodable(**given)
        raised = edit.function(fault)
        return [Said(edit, edit.severity, raised)] if isinstance(raised, Fail) else []
    beside = tuple(map(other_edit, spec.get("beside", ())))
    kinds = {kind for one in (edit, *beside) for kind in one.data}
    rows = {kind: spec.get("data", {}).get(kind, []) for kind in kinds}
    for kind in spec.get("without", []):
        del rows[kind]
    shelf = Shelf.of_rows(rows)
    params = {}
    if "params" in spec and edit.params is not None:
        params[edit.id] = (
            (
                ALWAYS,
                type(edit.params).model_validate({**edit.params.model_dump(), **spec["params"]}),
            ),
        )
    pack = PayerPack("twin@1", False, {}, {}, params)
    claim = compiled(case)
    # A twin shows what the function says; what its status makes of it is the engine's test.
    shown = replace(edit, status="active")
    edits = (shown, *beside)
    results = run(Plan(claim.type, pack, edits, shelf), claim, prior_of(case))
    needs = results.lacking.by_edit.get(edit.id, ())
    said = [one for one in results.said if one.edit.id in (edit.id, edit_crashed.id)]
    return [*said, *(Lacked(lack_of(one)) for one in needs)]


def lack_of(needs: str) -> NoData:
    """Return the verdict that needs this (`kind@date`)."""
    kind, _, day = needs.rpartition("@")
    return no_data(kind, date.fromisoformat(day))


def other_edit(given: Json | str) -> Edit:
    """Return an edit of that id, or one that says of every claim what a case wants said."""
    if isinstance(given, str):
        return next(edit for edit in all_edits() if edit.id == given)
    verdict = (
        lack_of(given["needs"])
        if "needs" in given
        else bypassed(given["reason"])
        if "reason" in given
        else fail("")
    )

    def other(_claim: Claim) -> Verdict:
        """Another edit says something."""
        return verdict

    made = replace(edit_crashed, id=given["edit"], scope="claim", function=other)
    return replace(made, severity=given.get("severity", "reject"))


def prior_of(case: Case) -> Prior | None:
    """Return the history that a case states."""
    if "history" not in case.spec:
        return None
    history = EMPTY
    for number, past in enumerate(case.spec["history"], 1):
        history = with_past(history, case, number, past)
    since = date.fromisoformat(case.spec.get("since", "2010-01-01"))
    return Prior(history, since, editions=digest(case.spec.get("versions", "v1").encode()))


def with_past(history: PatientHistory, case: Case, number: int, past: Json) -> PatientHistory:
    """Return the history with one earlier claim of a case."""
    submission_id = past.get("submission_id", f"e-{number}")
    received = past.get("received", "2024-08-16")
    claim = claim_of(past.get("claim", case.claim), past, submission_id, received)
    outcome = past.get("outcome", "clean")
    history = remember(
        history,
        claim,
        outcome_id=f"o-{number}",
        disposition="review" if outcome in ("released", "returned") else outcome,
        failing=past.get("failing", ()),
        versions=past.get("versions", "v1").encode(),
    )
    if outcome in ("released", "returned"):
        accepted = outcome == "released"
        history = decided(
            history, submission_id, outcome_id=f"o-{number}-1", revision=1, accepted=accepted
        )
    if "number" in past:
        status = past.get("claim_status", "1")
        event = remittance(submission_id, received, past["number"], claim_status=status)
        history, _ = paid(history, event)
    return history


def remittance(submission_id: str | None, day: str, number: str, **changes: Any) -> RemittanceEvent:
    """Return the payer's result for a submission of the base claims."""
    return RemittanceEvent.model_validate(
        {
            "schema_version": 1,
            "remittance_id": "r-1",
            "received_at": f"{day}T06:00:00Z",
            "remittance_date": day,
            "payer_id": "05102",
            "submission_id": submission_id,
            "patient_control_number": "PCN-1001",
            "payer_claim_control_number": number,
            "claim_status": "1",
            "reversal": False,
            "claim_type": "professional",
            "total_charge": "250.00",
            "paid": "72.00",
            "patient_responsibility": "0.00",
            "adjustments": [],
            "remarks": [],
            "lines": [],
            "test": False,
        }
        | changes
    )


def result_of(said: list[Said | Lacked]) -> str:
    """Return the one result of an edit on a claim: fail before bypassed before no_data."""
    kinds = {type(one.verdict) for one in said}
    for kind, name in ((Fail, "fail"), (Bypassed, "bypassed"), (NoData, "no_data")):
        if kind in kinds:
            return name
    return "pass"


def findings_of(said: list[Said | Lacked]) -> list[Json]:
    """Return the findings as a submitter sees them."""
    return render.findings(
        [
            Failures(one.edit, one.severity, (one.verdict,))
            for one in said
            if isinstance(one, Said) and isinstance(one.verdict, Fail)
        ]
    )
