"""Claims are published under their patient's key, checked before, and answered once."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka.partitioner import murmur2

from scrubber.contracts.decode import Undecodable, decode_claim_event
from scrubber.contracts.keys import patient_key
from scrubber.pipeline.settings import read_stream_settings
from scrubber.stream.producer import ClaimProducer, PublishError, UnfitClaimError
from scrubber.stream.topics import TopicError
from scrubber.synthetic import generate
from tests.conftest import ROOT
from tests.faults.harness import Deployment
from tests.faults.load import SECRET
from tests.kafka.cluster import Cluster
from tests.stream.conftest import Records, Run

CLAIMS = ROOT / "samples" / "claims.jsonl"
X12 = ROOT / "samples" / "professional.837"
LINES = CLAIMS.read_bytes().splitlines()

NO_ID = "no usable submission_id (1 to 128 printable ASCII characters, no blanks)"

#: org.apache.kafka.common.utils.UtilsTest.testMurmur2
JAVA = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


def key_of(raw: bytes) -> bytes:
    """Return the key under which the worker expects a claim."""
    return patient_key(decode_claim_event(raw).event, SECRET).encode()


def unfit(submission_id: str) -> bytes:
    """Return a submission that can be read, and a claim that does not fit the schema."""
    event = orjson.loads(LINES[0]) | {"submission_id": submission_id}
    event["claim"]["total_charge"] = {"SAMPLE": "PAT"}
    del event["claim"]["lines"]
    return orjson.dumps(event)


@pytest.mark.parametrize(("key", "hashed"), JAVA.items())
def test_the_hash_of_a_key_is_that_of_javas_partitioner(key: bytes, hashed: int) -> None:
    """So a Java producer puts a patient where ours does."""
    assert murmur2(key) & 0xFFFFFFFF == hashed & 0xFFFFFFFF


async def test_an_event_lies_under_its_patients_key_in_javas_partition(
    deployment: Deployment, records: Records
) -> None:
    """Bytes as they came, without headers; a dict is published as its JSON."""
    async with ClaimProducer(read_stream_settings()) as producer:
        places = [await producer.publish(line) for line in LINES[:4]]
        places.append(await producer.publish(orjson.loads(LINES[4])))
        where = [await place for place in places]
    assert producer.published == 5
    found = {(one.partition, one.offset): one for one in await records("claims-submitted")}
    assert len(found) == 5
    for raw, place in zip(LINES[:5], where, strict=True):
        record = found[place.partition, place.offset]
        assert orjson.loads(record.value) == orjson.loads(raw)
        assert record.key == key_of(raw)
        assert record.partition == (murmur2(record.key) & 0x7FFFFFFF) % deployment.partitions
        assert record.headers == ()
    assert [found[one.partition, one.offset].value for one in where[:4]] == LINES[:4]


async def test_leaving_the_block_waits_for_every_record_in_order(records: Records) -> None:
    """Nobody awaits a place, and a patient's claims come in the order of the calls."""
    events = [one.event for one in generate(300, seed=3) if one.defect is None]
    async with ClaimProducer(read_stream_settings()) as producer:
        for event in events:
            await producer.publish(event)
    assert producer.published == len(events)
    sent: dict[bytes, list[str]] = {}
    for event in events:
        sent.setdefault(key_of(orjson.dumps(event)), []).append(event["submission_id"])
    came: dict[bytes, list[str]] = {}
    for record in await records("claims-submitted"):
        came.setdefault(record.key, []).append(orjson.loads(record.value)["submission_id"])
    assert came == sent


async def test_a_claim_that_does_not_fit_is_refused_with_every_place(records: Records) -> None:
    """Before anything is sent, and without a value of the claim."""
    async with ClaimProducer(read_stream_settings()) as producer:
        with pytest.raises(UnfitClaimError) as caught:
            await producer.publish(unfit("unfit-1"))
        with pytest.raises(Undecodable, match="not valid JSON"):
            await producer.publish(b"{")
    assert caught.value.submission_id == "unfit-1"
    assert [one.pointer for one in caught.value.faults] == ["/lines", "/total_charge"]
    assert str(caught.value) == (
        "unfit-1: /lines: missing, not a value; "
        "/total_charge: an object, not an exact decimal such as 150.00"
    )
    assert await records("claims-submitted") == []


async def test_a_topic_that_is_missing_is_said(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is not created by asking for it."""
    monkeypatch.setenv("SCRUBBER_TOPIC_PREFIX", f"{deployment.prefix}none.")
    for _ in range(2):
        with pytest.raises(TopicError, match=r"none\.claims-submitted: topic is missing\. Run"):
            async with ClaimProducer(read_stream_settings()):
                pass


class Impatient(ClaimProducer):
    """Gives a silent broker up soon."""

    deadline_s = 2


async def test_a_broker_that_dies_is_an_error_at_the_end_of_the_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within the deadline, and with what to do."""
    with Cluster(tmp_path / "broker") as cluster:
        async with Deployment(
            cluster.bootstrap_servers, tmp_path / "deployment", "dying", partitions=2
        ) as deployment:
            for name, value in deployment.environment.items():
                monkeypatch.setenv(name, value)
            producer = Impatient(read_stream_settings())

            async def publish() -> None:
                async with producer:
                    await (await producer.publish(LINES[0]))
                    cluster.kill(1)
                    await producer.publish(LINES[1])

            with pytest.raises(PublishError, match="publish all of them again"):
                await publish()
            assert producer.published == 1
            with pytest.raises(PublishError):
                await producer.publish(LINES[2])


async def test_files_of_both_kinds_are_published(run: Run, records: Records) -> None:
    """JSON lines byte for byte, an 837 as the events that it becomes."""
    code, out, err = await run("publish", CLAIMS, X12)
    assert (code, out) == (0, "")
    assert err.startswith(f"{len(LINES) + 4} published, 0 refused, ")
    assert err.endswith(" records/s\n")
    values = [one.value for one in await records("claims-submitted")]
    assert set(LINES) < set(values)
    ids = {orjson.loads(value)["claim"]["patient_control_number"] for value in values}
    assert {"X12P0001", "X12P0002", "X12P0003", "X12P0004"} < ids


async def test_a_wrong_record_is_named_and_the_rest_published(
    run: Run, records: Records, tmp_path: Path
) -> None:
    """With file, number and byte; a claim that does not fit goes to the worker's answer."""
    file = tmp_path / "claims.jsonl"
    lines = [LINES[0], b'{"SAMPLE": "PAT"}', unfit("unfit-2"), b'{"submission_id": "x",]', LINES[1]]
    file.write_bytes(b"\n".join(lines))
    code, out, err = await run("publish", file)
    assert (code, out) == (3, "")
    after = [sum(len(line) + 1 for line in lines[:number]) for number in range(5)]
    assert err.splitlines()[:2] == [
        f"refused  {file}: record 2, byte {after[1]}: {NO_ID}",
        f"refused  {file}: record 4, byte {after[3] + 22}: not valid JSON",
    ]
    assert err.splitlines()[2].startswith("3 published, 2 refused, ")
    found = {one.value: one.key for one in await records("claims-submitted")}
    assert set(found) == {lines[0], lines[2], lines[4]}
    assert "SAMPLE" not in err
    (await run("publish", file))
    again = [one.key for one in await records("claims-submitted") if one.value == lines[2]]
    assert again == [found[lines[2]]] * 2, "sent again, it goes where its first answer is"
    assert len(again[0]) == 32


async def test_a_file_that_cannot_be_read_is_exit_code_two(run: Run, tmp_path: Path) -> None:
    """What can be read is published."""
    code, _, err = await run("publish", tmp_path / "none.837", X12)
    assert code == 2
    assert f"scrubber: {tmp_path / 'none.837'}: no such file or directory\n" in err
    assert "4 published, 0 refused" in err


async def test_no_broker_no_topic_and_no_settings_are_exit_code_two(
    deployment: Deployment, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each in words, without a traceback."""
    monkeypatch.setenv("SCRUBBER_TOPIC_PREFIX", f"{deployment.prefix}none.")
    code, _, err = await run("publish", X12)
    assert (code, err.count("\n")) == (2, 1)
    assert "claims-submitted: topic is missing. Run `scrubber topics create`" in err
    monkeypatch.setenv("SCRUBBER_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    code, _, err = await run("publish", X12)
    assert code == 2
    assert err == "scrubber: 127.0.0.1:1: Connect call failed ('127.0.0.1', 1)\n"
    monkeypatch.delenv("SCRUBBER_KEY_SECRET")
    code, _, err = await run("publish", X12)
    assert code == 2
    assert err.startswith("scrubber: SCRUBBER_KEY_SECRET: not set")


async def test_what_is_published_twice_is_answered_once(
    deployment: Deployment, run: Run, records: Records
) -> None:
    """By a real worker, which finds every claim under its right key."""
    worker = deployment.worker()
    for _ in range(2):
        assert (await run("publish", CLAIMS, X12))[0] == 0
    outputs = ("claims-clean", "claims-rejected", "claims-review")
    wanted = len(LINES) + 4

    async def answers() -> list[bytes]:
        return [one.value for topic in outputs for one in await records(topic)]

    await worker.until("task.ready", deployment.partitions)
    for _ in range(300):
        if len(await answers()) >= wanted:
            break
    assert (await run("publish", CLAIMS))[0] == 0
    assert worker.stop() == 0
    found = [orjson.loads(value)["submission_id"] for value in await answers()]
    assert len(found) == len(set(found)) == wanted
    assert await records("claims-dead-letter") == []
    assert await records("claims-rekeyed") == []


async def test_the_example_of_the_page_runs(records: Records) -> None:
    """As it stands there."""
    page = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(page.split("```python\n")[1].split("```")[0], names)
    await names["publish"](LINES[:2])
    assert {one.value for one in await records("claims-submitted")} == set(LINES[:2])
