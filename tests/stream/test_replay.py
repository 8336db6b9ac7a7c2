"""What stands on the topics is judged again, and compared with what the worker answered."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from scrubber.pipeline.settings import read_stream_settings
from scrubber.stream.producer import ClaimProducer
from tests.conftest import ROOT
from tests.faults.harness import Deployment
from tests.replayed import PACK
from tests.stream.conftest import Run

CLAIMS = [
    orjson.loads(line) | {"test": False}  # a test claim leaves no history
    for line in (ROOT / "samples" / "claims.jsonl").read_bytes().splitlines()
]


async def test_what_the_worker_answered_is_answered_again(
    deployment: Deployment, run: Run, tmp_path: Path
) -> None:
    """
    Alike, but for what reads earlier claims; a pack's change is seen; the past may be left out.

    A claim that was sent twice was answered once, and one that is no claim is said.
    """
    duplicate = CLAIMS[0] | {"submission_id": "duplicate"}
    async with ClaimProducer(read_stream_settings()) as producer:
        for event in (*CLAIMS, duplicate, CLAIMS[0]):
            await producer.publish(event)
    worker = deployment.worker()
    await worker.until_idle()
    assert worker.stop() == 0

    code, out, errors = await run("replay", "--topics", "--compare")
    assert code == 0, errors
    assert out.splitlines() == [
        "14 claims compared: 14 alike (0 to the byte), 0 differ",
        "1 compared without the findings of edits that read earlier claims",
    ]
    code, out, _ = await run("replay", "--topics")
    assert code == 0
    assert len(out.splitlines()) == 15
    (tmp_path / "outcomes.jsonl").write_text(out)
    code, out, _ = await run("replay", "--topics", "--compare", tmp_path / "outcomes.jsonl")
    assert code == 0
    assert out == "14 claims compared: 14 alike (14 to the byte), 0 differ\n"

    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "pack.yaml").write_text(PACK)
    asked = ("replay", "--topics", "--compare", "--payer-packs", tmp_path / "packs")
    code, out, _ = await run(*asked, "--since", datetime.now(UTC) - timedelta(hours=1))
    assert code == 1
    assert "14 claims compared: 13 alike (0 to the byte), 1 differ" in out
    assert "rejected -> review               1" in out

    code, _, errors = await run(*asked, "--since", datetime.now(UTC) + timedelta(hours=1))
    assert code == 2
    assert "nothing was compared" in errors


async def test_a_missing_topic_and_no_broker_are_said(
    run: Run, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line each."""
    for name, value, said in (
        ("SCRUBBER_TOPIC_PREFIX", f"{deployment.prefix}none.", "topic is missing"),
        ("SCRUBBER_BOOTSTRAP_SERVERS", "127.0.0.1:1", "127.0.0.1:1"),
        ("SCRUBBER_BOOTSTRAP_SERVERS", "", "SCRUBBER_BOOTSTRAP_SERVERS: not set"),
    ):
        monkeypatch.setenv(name, value)
        code, _, errors = await run("replay", "--topics", "--compare")
        assert code == 2
        assert said in errors
