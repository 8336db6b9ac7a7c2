"""`scrubber topics create|verify` against a real broker."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from scrubber.cli.main import main
from scrubber.stream.topics import connect, load_topics
from tests.kafka.fixtures import Kafka


@pytest.fixture
async def prefix(kafka: Kafka, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Set the environment of a small cluster up; take the topics away afterwards."""
    prefix = f"command-{uuid4().hex[:8]}."
    monkeypatch.setenv("SCRUBBER_BOOTSTRAP_SERVERS", kafka.bootstrap_servers)
    monkeypatch.setenv("SCRUBBER_TOPIC_PREFIX", prefix)
    monkeypatch.setenv("SCRUBBER_PARTITIONS", "2")
    monkeypatch.setenv("SCRUBBER_REPLICATION", "1")
    yield prefix
    async with connect({"bootstrap_servers": kafka.bootstrap_servers}) as admin:
        await admin.delete_topics([topic.name for topic in load_topics(prefix=prefix).values()])


def test_create_then_verify(prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Missing topics are differences; once created there is none."""
    names = sorted(prefix + name for name in load_topics())
    assert main(["topics", "verify"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{name}: topic is missing, wanted there (loses data)" for name in names
    ]
    assert main(["topics", "create"]) == 0
    captured = capsys.readouterr()
    assert captured.out.splitlines() == [f"created {name}" for name in names]
    assert captured.err == "10 topics, 0 differences\n"
    assert main(["topics", "create"]) == 0
    assert capsys.readouterr().out.splitlines() == [f"was there {name}" for name in names]
    assert main(["topics", "verify"]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "10 topics, 0 differences\n")


def test_create_says_what_it_leaves_alone(
    prefix: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Topics with other partitions than the settings say stay as they are, with exit code 1."""
    assert main(["topics", "create"]) == 0
    monkeypatch.setenv("SCRUBBER_PARTITIONS", "4")
    capsys.readouterr()
    assert main(["topics", "create"]) == 1
    captured = capsys.readouterr()
    assert f"{prefix}claims-clean: partitions is 2, wanted 4\n" in captured.out
    assert captured.err == "10 topics, 10 differences\n"


def test_what_the_broker_refuses_is_exit_code_one(
    prefix: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its words, one line a topic."""
    monkeypatch.setenv("SCRUBBER_REPLICATION", "99")
    assert main(["topics", "create"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[0].startswith(f"scrubber: {prefix}claims-clean: not created: ")


@pytest.mark.parametrize("action", ["create", "verify"])
def test_no_broker_is_exit_code_two(
    action: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, no traceback, and nothing of the library's own."""
    monkeypatch.setenv("SCRUBBER_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    assert main(["topics", action]) == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert line.startswith("scrubber: 127.0.0.1:1: ")


def test_missing_settings_are_exit_code_two(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is named."""
    monkeypatch.delenv("SCRUBBER_BOOTSTRAP_SERVERS", raising=False)
    assert main(["topics", "verify"]) == 2
    assert "scrubber: SCRUBBER_BOOTSTRAP_SERVERS: not set." in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["topics"], ["topics", "alter"]])
def test_wrong_usage_is_exit_code_two(arguments: list[str]) -> None:
    """There are create and verify."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
