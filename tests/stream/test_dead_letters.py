"""Dead letters are listed and shown without a body, and each is replayed at most once."""

import asyncio
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord

from scrubber.cli.main import main
from scrubber.contracts.decode import decode_claim_event
from scrubber.contracts.keys import patient_key
from scrubber.stream import dead_letters
from scrubber.stream.dead_letter_reader import DeadLetter, mark_headers, marked
from tests.conftest import ROOT
from tests.faults.harness import Deployment
from tests.faults.load import SECRET
from tests.stream.conftest import Records, Run
from tests.stream.killed_replay import POINTS

BODY = b'{"member_id": "SAMPLE MEMBER"'


def source(number: int, **changes: Any) -> ConsumerRecord:
    """Return a record as the worker read it."""
    fields = {
        "topic": "claims-submitted",
        "partition": number % 2,
        "offset": number,
        "timestamp": 1_700_000_000_000,
        "timestamp_type": 0,
        "key": f"key-{number}".encode(),
        "value": BODY + str(number).encode(),
        "checksum": None,
        "serialized_key_size": 0,
        "serialized_value_size": 0,
        "headers": (("trace", b"own-%d" % number),),
    }
    return ConsumerRecord(**(fields | changes))


async def lay_down(
    deployment: Deployment,
    *records: ConsumerRecord,
    error_type: str = "claim-event-unreadable",
    topic: str = "claims-submitted",
) -> None:
    """Write dead letters as the worker does."""
    producer = AIOKafkaProducer(
        bootstrap_servers=deployment.bootstrap_servers, max_request_size=4 << 20
    )
    await producer.start()
    try:
        for record in records:
            # As a batch: only so may a record have neither key nor value.
            batch = producer.create_batch()
            batch.append(
                timestamp=record.timestamp,
                key=record.key,
                value=record.value,
                headers=dead_letters.headers(record, topic, error_type, "not JSON", "1"),
            )
            name = deployment.prefix + dead_letters.TOPIC
            await (await producer.send_batch(batch, name, partition=record.partition))
    finally:
        await producer.stop()


def times(records: list[ConsumerRecord]) -> Counter[bytes]:
    """Return how often each value is there."""
    return Counter(record.value for record in records)


async def test_dead_letters_are_listed_a_line_each(deployment: Deployment, run: Run) -> None:
    """By partition and age, with filters, and never with a body."""
    await lay_down(deployment, *map(source, range(4)))
    await lay_down(deployment, source(5), error_type="decision-unmatched", topic="review-decisions")
    code, out, err = await run("dead-letters", "list")
    assert (code, err) == (0, "5 dead letters\n")
    words = [line.split() for line in out.splitlines()]
    assert [line[:2] for line in words] == [
        ["0", "0"],
        ["0", "1"],
        ["1", "0"],
        ["1", "1"],
        ["1", "2"],
    ]
    assert words[0][3:] == [
        "claims-submitted",
        "0",
        "0",
        "claim-event-unreadable",
        "1",
        "not",
        "JSON",
    ]
    assert words[4][3:7] == ["review-decisions", "1", "5", "decision-unmatched"]
    assert "SAMPLE" not in out
    assert "key-" not in out
    _, out, _ = await run("dead-letters", "list", "--topic", "review-decisions")
    assert len(out.splitlines()) == 1
    _, out, _ = await run("dead-letters", "list", "--error-type", "claim-event-unreadable")
    assert len(out.splitlines()) == 4
    _, out, err = await run("dead-letters", "list", "--limit", 3)
    assert len(out.splitlines()) == 3
    assert err == "3 dead letters\n"


async def test_one_is_shown_with_its_headers_and_its_body_when_asked(
    deployment: Deployment, run: Run
) -> None:
    """A header cannot steer the terminal; a place without a dead letter is said."""
    await lay_down(deployment, source(1, headers=(("trace", b"\x1b[2J"),)))
    code, out, _ = await run("dead-letters", "show", 1, 0)
    assert code == 0
    lines = out.splitlines()
    assert lines[:2] == ["error: not JSON", "error_type: claim-event-unreadable"]
    assert lines[-1] == "trace: \N{REPLACEMENT CHARACTER}[2J"
    assert "SAMPLE" not in out
    code, out, _ = await run("dead-letters", "show", 1, 0, "--body")
    assert code == 0
    assert out.partition("\n\n")[2] == BODY.decode() + "1\n"
    for place in ((1, 1), (0, 0), (7, 0)):
        code, _, err = await run("dead-letters", "show", *place)
        assert code == 2
        said = f"partition {place[0]}, offset {place[1]}"
        assert err == f"scrubber: there is no dead letter at {said}\n"


async def test_a_replayed_record_is_as_it_first_came(
    deployment: Deployment, run: Run, records: Records
) -> None:
    """Bytes, key, partition and headers; beside them how often it was tried."""
    await lay_down(deployment, source(1), source(3, key=None), source(5, value=None))
    assert (await run("dead-letters", "replay", "--all"))[0] == 0
    found = await records("claims-submitted")
    assert [(one.partition, one.key, one.value) for one in found] == [
        (1, b"key-1", BODY + b"1"),
        (1, None, BODY + b"3"),
        (1, b"key-5", None),
    ]
    assert found[0].headers == (("trace", b"own-1"), ("attempts", b"1"))
    assert found[0].timestamp > 1_700_000_000_000, "retention must not take it at once"
    assert dead_letters.attempts_of(found[0]) == 1


async def test_each_way_of_choosing_replays_each_once(
    deployment: Deployment, run: Run, records: Records
) -> None:
    """One by its place, those of a type, all: whatever the order, and however often."""
    await lay_down(deployment, *map(source, range(4)))
    await lay_down(deployment, source(4), error_type="record-ends-worker")
    code, _, err = await run("dead-letters", "replay", 1, 1)
    assert (code, err) == (0, "1 replayed, 0 replayed before, 0 kept\n")
    code, _, err = await run("dead-letters", "replay", 1, 1, "--force")
    assert (code, err) == (0, "0 replayed, 1 replayed before, 0 kept\n")
    code, _, err = await run("dead-letters", "replay", "--error-type", "record-ends-worker")
    assert (code, err) == (0, "1 replayed, 0 replayed before, 0 kept\n")
    code, out, _ = await run("dead-letters", "list")
    assert [" (replayed 2" in line for line in out.splitlines()] == [
        False,
        False,
        True,
        False,
        True,
    ]
    assert "\nreplayed_at: 2" in (await run("dead-letters", "show", 1, 1))[1]
    code, _, err = await run("dead-letters", "replay", "--all")
    assert (code, err) == (0, "3 replayed, 2 replayed before, 0 kept\n")
    code, _, err = await run("dead-letters", "replay", "--all")
    assert (code, err) == (0, "0 replayed, 5 replayed before, 0 kept\n")
    assert times(await records("claims-submitted")) == {BODY + b"%d" % n: 1 for n in range(5)}
    # A mark is no dead letter: neither listed, nor shown, nor replayed.
    code, out, err = await run("dead-letters", "list")
    assert err == "5 dead letters\n"
    marks = [one for one in await records("claims-dead-letter") if marked(one)]
    assert len(marks) == 5
    for action in ("show", "replay"):
        code, _, err = await run("dead-letters", action, marks[0].partition, marks[0].offset)
        assert code == 2
        assert "there is no dead letter at" in err


async def test_what_cannot_be_replayed_stays_and_is_said(
    deployment: Deployment, run: Run, records: Records
) -> None:
    """Exit code 3; only too many attempts can be forced."""
    often = source(0, headers=(("attempts", b"3"),))
    await lay_down(deployment, often, source(2, key=None, value=None), source(4))
    await lay_down(deployment, source(6), topic="payroll")
    await lay_down(deployment, source(8, value=bytes(2_200_000)))
    await lay_down(deployment, source(10, headers=(("attempts", b"2"),)))
    code, _, err = await run("dead-letters", "replay", "--all")
    assert code == 3
    assert err.splitlines() == [
        "kept  0 0: it was tried 4 times; --force tries it again",
        "kept  0 1: it has neither key nor value",
        "kept  0 3: it does not say where it came from",
        "kept  0 4: its 2200465 bytes are over the limit of claims-submitted",
        "2 replayed, 0 replayed before, 4 kept",
    ]
    code, _, err = await run("dead-letters", "replay", "--all", "--force")
    assert code == 3
    assert err.splitlines()[-1] == "1 replayed, 2 replayed before, 3 kept"
    values = times(await records("claims-submitted"))
    assert values == {BODY + b"0": 1, BODY + b"4": 1, BODY + b"10": 1}


@pytest.mark.parametrize("point", POINTS)
async def test_a_replay_killed_anywhere_and_run_again_replays_each_once(
    deployment: Deployment, run: Run, records: Records, point: str
) -> None:
    """Its first transaction is whole; its second is whole or gone."""
    await lay_down(deployment, *map(source, range(10)))
    killed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.stream.killed_replay", point],
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    assert killed.returncode == -9
    code, _, err = await run("dead-letters", "replay", "--all")
    assert code == 0
    before = int(err.split(", ")[1].split()[0])
    assert before in {"committing": (4, 8), "committed": (8,)}.get(point, (4,))
    assert err == f"{10 - before} replayed, {before} replayed before, 0 kept\n"
    wanted = {BODY + b"%d" % number: 1 for number in range(10)}
    assert times(await records("claims-submitted")) == wanted
    if point in ("half-sent", "unmarked"):
        aborted = await records("claims-submitted", "read_uncommitted")
        assert len(aborted) > 10, "the test proves nothing: nothing had been sent"


async def test_a_second_replay_takes_over_and_the_first_says_so(
    deployment: Deployment, run: Run, records: Records
) -> None:
    """Two operators at once replay nothing twice."""
    await lay_down(deployment, *map(source, range(40)))
    both = [sys.executable, "-m", "scrubber.cli.main", "dead-letters", "replay", "--all"]
    ended = await asyncio.gather(
        *(
            asyncio.to_thread(
                subprocess.run, both, cwd=ROOT, check=False, capture_output=True, text=True
            )
            for _ in range(3)
        )
    )
    for one in ended:
        assert "Traceback" not in one.stderr, one.stderr
    assert {one.returncode for one in ended} <= {0, 2}
    assert 0 in {one.returncode for one in ended}
    assert (await run("dead-letters", "replay", "--all"))[0] == 0
    wanted = {BODY + b"%d" % number: 1 for number in range(40)}
    assert times(await records("claims-submitted")) == wanted


async def test_a_decision_that_came_too_early_is_answered_once_replayed(
    deployment: Deployment, run: Run, records: Records, tmp_path: Path
) -> None:
    """The whole way with a real worker: dead letter, cause mended, replayed, answered."""
    line = next(
        one
        for one in (ROOT / "samples/claims.jsonl").read_bytes().splitlines()
        if b"demo-11" in one
    )
    file = tmp_path / "claim.jsonl"
    file.write_bytes(line)
    key = patient_key(decode_claim_event(line).event, SECRET).encode()
    _, out, _ = await run("check", file, "--format", "jsonl", "--no-progress")
    decision = orjson.loads((ROOT / "schemas/examples/decision/correct.json").read_bytes())
    decision |= {
        "submission_id": "demo-11-ai-is-unsure",
        "outcome_id": orjson.loads(out)["outcome_id"],
        "revision": 0,
        "kind": "release",
        "claim": None,
    }
    worker = deployment.worker()
    producer = AIOKafkaProducer(bootstrap_servers=deployment.bootstrap_servers)
    await producer.start()
    await producer.send_and_wait(
        f"{deployment.prefix}review-decisions", orjson.dumps(decision), key
    )
    await producer.stop()
    await worker.until("claim.dead_lettered")
    assert (await run("publish", file))[0] == 0
    for _ in range(100):
        if await records("claims-review"):
            break
    _, out, _ = await run("dead-letters", "list", "--error-type", "decision-unmatched")
    place = out.split()[:2]
    assert (await run("dead-letters", "replay", *place))[0] == 0
    for _ in range(100):
        if clean := await records("claims-clean"):
            break
    assert orjson.loads(clean[0].value)["revision"] == 1
    assert worker.stop() == 0


async def test_no_topic_is_said(
    deployment: Deployment, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words, with exit code 2, as no broker is."""
    monkeypatch.setenv("SCRUBBER_TOPIC_PREFIX", f"{deployment.prefix}none.")
    for action in (["list"], ["show", 0, 0], ["replay", "--all"]):
        code, _, err = await run("dead-letters", *action)
        assert code == 2
        assert "topic is missing. Run `scrubber topics create`" in err
    monkeypatch.setenv("SCRUBBER_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    code, _, err = await run("dead-letters", "list")
    assert (code, err) == (2, "scrubber: 127.0.0.1:1: Connect call failed ('127.0.0.1', 1)\n")
    monkeypatch.delenv("SCRUBBER_KEY_SECRET")  # nothing here computes a patient key
    monkeypatch.delenv("SCRUBBER_BOOTSTRAP_SERVERS")
    code, _, err = await run("dead-letters", "list")
    assert code == 2
    assert err.startswith("scrubber: SCRUBBER_BOOTSTRAP_SERVERS: not set")
    assert "SCRUBBER_KEY_SECRET" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["replay"],
        ["replay", "1"],
        ["replay", "1", "2", "3"],
        ["replay", "1", "2", "--all"],
        ["replay", "--all", "--error-type", "x"],
        ["replay", "1", "-2"],
        ["list", "--limit", "few"],
        ["show", "1"],
        [],
    ],
)
def test_which_dead_letters_must_be_clear(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is replayed by a slip."""
    with pytest.raises(SystemExit) as caught:
        main(["dead-letters", *arguments])
    assert caught.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_a_mark_is_told_from_a_dead_letter_that_imitates_it() -> None:
    """A dead letter keeps the headers that it came with, whatever their names."""
    letter = DeadLetter(source(3))
    mark = source(4, headers=tuple(mark_headers(letter)))
    assert marked(mark) is not None
    assert marked(mark) == (3, mark.headers[1][1].decode())
    imitation = tuple(dead_letters.headers(mark, "claims-submitted", "x", "y", "1"))
    assert ("replayed_offset", b"3") in imitation
    assert marked(source(5, headers=imitation)) is None
    assert marked(source(6, headers=(("replayed_offset", b"all"),))) is None
    assert marked(source(7)) is None
