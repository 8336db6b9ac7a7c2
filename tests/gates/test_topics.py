"""The topics are those of the contract, with settings under which no record is lost."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scrubber.contracts.strict_yaml import YamlError, load_model
from scrubber.stream.topics import Party, Topic, TopicFile, load_topics
from tests.conftest import ROOT

TOPICS = ROOT / "topics"
DAYS = {"d": 1, "h": 1 / 24}

#: The contract's table: topic, key, value, who writes, who reads.
CONTRACT: dict[str, tuple[str, str, tuple[Party, ...], tuple[Party, ...]]] = {
    "claims-submitted": ("patient-key", "claim", ("clearinghouse",), ("worker",)),
    "claims-rekeyed": ("patient-key", "claim", ("worker",), ("worker",)),
    "claims-clean": ("patient-key", "outcome", ("worker",), ("clearinghouse", "payer-gateway")),
    "claims-rejected": ("patient-key", "outcome", ("worker",), ("submitter",)),
    "claims-review": ("patient-key", "outcome", ("worker",), ("console", "external-review")),
    "claims-dead-letter": ("source-key", "source-bytes", ("worker",), ("operator",)),
    "review-decisions": ("patient-key", "decision", ("console",), ("worker",)),
    "remittances": ("patient-key", "remittance", ("clearinghouse",), ("worker", "oversight")),
    "oversight-alerts": ("model-or-provider-key", "alert", ("worker",), ("console", "on-call")),
    "claims-history": ("patient-key", "state", ("worker",), ("worker",)),
}
INPUTS = ("claims-submitted", "claims-rekeyed", "review-decisions", "remittances")
DEAD_LETTER_HEADERS = (
    "error", "error_type", "source_topic", "source_partition", "source_offset", "attempts",
    "failed_at",
)  # fmt: skip


def days(span: str) -> float:
    """Return a retention in days."""
    return float("inf") if span == "unlimited" else int(span[:-1]) * DAYS[span[-1]]


def mebibytes(size: str) -> int:
    """Return a size in MiB."""
    return int(size.removesuffix("MiB"))


@pytest.fixture
def topics() -> dict[str, Topic]:
    """Return every topic by its file's name."""
    return load_topics()


def disagreements(topics: dict[str, Topic]) -> list[str]:
    """Return what differs from the contract, from the schemas, or among the topics."""
    found = [f"{name}: not in both" for name in sorted(set(topics) ^ set(CONTRACT))]
    for name in sorted(set(topics) & set(CONTRACT)):
        topic = topics[name]
        key, event, producers, consumers = CONTRACT[name]
        path = f"schemas/{event}.v1.json"
        event_topic = (ROOT / path).exists()
        expected = {
            "key": key,
            "value": path if event_topic else event,
            "producers": producers,
            "consumers": consumers,
            "partitions": 24,
            "replication": 3,
            "min_insync": 2,
            "unclean_leader_election": False,
            "headers": DEAD_LETTER_HEADERS if key == "source-key" else (),
            "cleanup": "compact" if event == "state" else "delete",
        }
        found += [
            f"{name}: {setting}"
            for setting, value in expected.items()
            if getattr(topic, setting) != value
        ]
        if (topic.compaction is not None) != (topic.cleanup == "compact"):
            found.append(f"{name}: compaction")
        if name in INPUTS and topic.dead_letter != "claims-dead-letter":
            found.append(f"{name}: dead_letter")
        if days(topic.retention) < (90 if key == "source-key" else 14):
            found.append(f"{name}: retention")
        if bool(topic.examples) != event_topic or not all(
            (ROOT / example).is_file() and Path(example).parent.name == event
            for example in topic.examples
        ):
            found.append(f"{name}: examples")
    return found


def test_the_topics_are_those_of_the_contract(topics: dict[str, Topic]) -> None:
    """Names, keys, values, writers, readers, settings, schemas and examples agree."""
    assert disagreements(topics) == []


def test_every_record_that_is_read_fits_what_is_written(topics: dict[str, Topic]) -> None:
    """An outcome holds the claim, a dead letter the whole record."""
    claim = mebibytes(topics["claims-submitted"].max_message)
    assert claim > 1  # a claim of 1 MiB comes with headers and an envelope
    assert mebibytes(topics["claims-rekeyed"].max_message) == claim
    outputs = ("claims-clean", "claims-rejected", "claims-review", "claims-dead-letter")
    assert all(mebibytes(topics[name].max_message) > claim for name in outputs)


def test_every_example_of_an_event_is_some_topics_example(topics: dict[str, Topic]) -> None:
    """Only appeals have no topic."""
    named = {example for topic in topics.values() for example in topic.examples}
    files = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("schemas/examples/*/*.json")}
    assert {path for path in files - named if "/appeal/" not in path} == set()


def _drop(topics: dict[str, Topic]) -> None:
    del topics["remittances"]


def _change(name: str, **changes: object) -> Callable[[dict[str, Topic]], None]:
    def apply(topics: dict[str, Topic]) -> None:
        topics[name] = topics[name].model_copy(update=changes)

    return apply


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_drop, "remittances: not in both"),
        (_change("claims-clean", partitions=12), "claims-clean: partitions"),
        (_change("claims-clean", key="source-key"), "claims-clean: key"),
        (_change("claims-clean", value="schemas/claim.v1.json"), "claims-clean: value"),
        (_change("claims-review", consumers=("console",)), "claims-review: consumers"),
        (_change("review-decisions", producers=("worker",)), "review-decisions: producers"),
        (_change("remittances", min_insync=1), "remittances: min_insync"),
        (_change("claims-submitted", retention="7d"), "claims-submitted: retention"),
        (_change("claims-dead-letter", retention="30d"), "claims-dead-letter: retention"),
        (_change("claims-dead-letter", headers=("error",)), "claims-dead-letter: headers"),
        (_change("claims-rekeyed", dead_letter=None), "claims-rekeyed: dead_letter"),
        (_change("claims-history", compaction=None), "claims-history: compaction"),
        (_change("oversight-alerts", examples=("x.json",)), "oversight-alerts: examples"),
    ],
)
def test_a_disagreement_is_found(
    topics: dict[str, Topic], change: Callable[[dict[str, Topic]], None], found: str
) -> None:
    """One change, one complaint."""
    change(topics)
    assert disagreements(topics) == [found]


def test_an_unknown_reader_is_refused(tmp_path: Path) -> None:
    """Writers and readers come from a closed set."""
    text = (TOPICS / "claims-clean.yaml").read_text(encoding="utf-8")
    path = tmp_path / "claims-clean.yaml"
    path.write_text(text.replace("payer-gateway", "payer-gatway"), encoding="utf-8")
    with pytest.raises(YamlError, match=re.escape("consumers[1]")):
        load_model(path, TopicFile)


def test_the_table_here_is_the_contracts_own(shared_data: Path) -> None:
    """The contract's table names these topics and values, in this order."""
    text = (shared_data / "contract.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \|", text, re.MULTILINE)
    words = {"source-bytes": "source bytes", "state": "compacted state"}
    assert [row[0] for row in rows[: len(CONTRACT)]] == list(CONTRACT)
    for name, _, value in rows[: len(CONTRACT)]:
        event = CONTRACT[name][1]
        assert value.startswith(words.get(event, f"{event} event"))
