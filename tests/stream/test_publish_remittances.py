"""835 files are published under the keys of the claims that went out, and reach their history."""

from pathlib import Path
from typing import Any

import orjson

from scrubber.claim.history import digest_of
from scrubber.stream.histories import read_history
from scrubber.stream.state import without_expiry
from tests.faults.harness import Deployment
from tests.faults.load import Sent, claim_bytes, key_of
from tests.remittances import Advice, add_claim, add_line, begin, written
from tests.stream.conftest import Records, Run

Json = dict[str, Any]


def submission(patient: int, **changes: Any) -> Sent:
    """Return a claim of a patient; changed, it is the replacement of the first."""
    name = f"p-{patient}" + ("-again" if changes else "")
    event = orjson.loads(claim_bytes(name, patient, 0, "clean"))
    event["claim"] |= changes
    return Sent(patient, name, patient, "clean", key_of(patient), orjson.dumps(event))


def replacement(patient: int) -> Sent:
    """Return a claim that replaces ICN-0, and bills as somebody else."""
    billing = orjson.loads(submission(patient).value)["claim"]["billing_provider"]
    return submission(
        patient,
        claim_frequency_code="7",
        payer_claim_control_number="ICN-0",
        billing_provider=billing | {"npi": "1245319599"},
    )


def denial(one: Sent) -> Advice:
    """Return the 835 of a claim of which nothing is paid."""
    claim = orjson.loads(one.value)["claim"]
    advice = begin(f"T{one.number}", claim["billing_provider"]["npi"], "60054")
    add_claim(advice, claim, number=f"ICN-{one.number}")
    for line in claim["lines"]:
        add_line(advice, line, "0", ("CO", "50", line["charge"]))
    advice.settle()
    return advice


async def test_the_payers_answer_reaches_the_history_and_the_next_claim(
    deployment: Deployment, run: Run, records: Records, tmp_path: Path
) -> None:
    """Found by what went out on claims-clean; told again it counts once; then an edit knows."""
    worker = deployment.worker()
    first, other, lost = (submission(patient) for patient in range(3))
    await deployment.publish([first, other])
    await deployment.until_answered()
    file = tmp_path / "denied.835"
    file.write_bytes(written([denial(first), denial(lost)]))

    # All claims of this load have one patient control number: the members tell them apart.
    code, out, err = await run("publish", "--remittances", file)
    assert (code, out) == (1, "")
    assert ": 2 submitted claims are alike in all that it states" in err
    assert "1 read, 0 of no submitted claim, 1 of several, 0 faults" in err
    assert err.endswith("1 published\n")
    submitted = tmp_path / "earlier.jsonl"
    submitted.write_bytes(lost.value)
    assert (await run("publish", "--remittances", file, "--claims", submitted))[0] == 0
    sent = await records("remittances")
    assert sorted((one.key, orjson.loads(one.value)["submission_id"]) for one in sent) == sorted(
        [(first.key, "p-0")] * 2 + [(lost.key, "p-2")]
    )
    assert len({one.value for one in sent}) == 2

    await deployment.publish([replacement(0), replacement(1)])
    await deployment.until_answered()
    await worker.until_idle()
    edits = {
        name: {one["edit"] for one in deployment.outcome(name)["findings"]}
        for name in ("p-0-again", "p-1-again")
    }
    assert "replacement-identity-changed" in edits["p-0-again"]
    assert "replacement-identity-changed" not in edits["p-1-again"]
    assert worker.metric("scrubber_remittances_total", result="repeated") == 1
    state = await deployment.state()
    told, untold = (read_history(without_expiry(state[one.key]))[0] for one in (first, other))
    payment = told.claims[0].payment
    assert payment is not None
    assert (payment.denied, payment.paid) == (True, False)
    assert told.claims[0].numbers == (digest_of("ICN-0"),)
    assert untold.claims[0].payment is None
    assert worker.stop() == 0


async def test_mistakes_are_exit_code_two(deployment: Deployment, run: Run, tmp_path: Path) -> None:
    """Options without their flag, files and topics that are not there."""
    del deployment
    file = tmp_path / "none.835"
    code, _, err = await run("publish", file, "--claims", file)
    assert code == 2
    assert "--claims and --received-at are told with --remittances only" in err
    code, _, err = await run("publish", "--remittances", file)
    assert code == 2
    assert f"scrubber: {file}: no such file or directory\n" in err
