"""The topics on a real broker: as their files say, and refused where they would lose data."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from scrubber.stream.topics import (
    Difference,
    Topic,
    TopicError,
    UnreachableError,
    connect,
    create_topics,
    differences,
    load_topics,
    preflight,
)
from tests.kafka.fixtures import Kafka

PARTITIONS = 2
SET_ON_THE_TOPIC = 1  # Kafka's ConfigSource.DYNAMIC_TOPIC_CONFIG
DAY_MS = 86_400_000
MIB = 1_048_576
NUMBER = count()

#: Kafka's settings of each topic, written out: retention in days (-1 is none), and MiB.
EXPECTED = {
    "claims-clean": (14, 4),
    "claims-dead-letter": (90, 3),
    "claims-history": (-1, 1),
    "claims-rejected": (14, 4),
    "claims-rekeyed": (14, 2),
    "claims-review": (30, 4),
    "claims-submitted": (14, 2),
    "oversight-alerts": (-1, 1),
    "remittances": (14, 1),
    "review-decisions": (30, 2),
}
COMPACTED = {
    "cleanup.policy": "compact",
    "delete.retention.ms": "86400000",
    "max.compaction.lag.ms": "21600000",
    "min.cleanable.dirty.ratio": "0.1",
    "segment.ms": "3600000",
}


@pytest.fixture(scope="module")
def prefix() -> str:
    """Return a word that no other run uses."""
    return f"topics-{uuid4().hex[:8]}"


@pytest.fixture
async def admin(kafka: Kafka) -> AsyncIterator[AIOKafkaAdminClient]:
    """Return a client of the broker."""
    async with connect({"bootstrap_servers": kafka.bootstrap_servers}) as client:
        yield client


@pytest.fixture
async def topics(admin: AIOKafkaAdminClient, prefix: str) -> AsyncIterator[dict[str, Topic]]:
    """Return topics of this test's own, as they shall be on one broker; some may not be there."""
    wanted = load_topics(prefix=f"{prefix}-{next(NUMBER)}.", partitions=PARTITIONS, replication=1)
    yield wanted
    await admin.delete_topics([topic.name for topic in wanted.values()])


@pytest.fixture
async def made(admin: AIOKafkaAdminClient, topics: dict[str, Topic]) -> dict[str, Topic]:
    """Return the same, created."""
    await create_topics(admin, topics)
    return topics


async def on_broker(
    admin: AIOKafkaAdminClient, topics: dict[str, Topic]
) -> dict[str, tuple[int, set[int], dict[str, str]]]:
    """Return partition count, replica counts and settings of what the broker has, as it says."""
    shown = {
        one["topic"]: one["partitions"]
        for one in await admin.describe_topics()
        if one["topic"] in {topic.name for topic in topics.values()}
    }
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in shown]
    (answer,) = await admin.describe_configs(resources)
    return {
        name: (
            len(shown[name]),
            {len(partition["replicas"]) for partition in shown[name]},
            {key: value for key, value, _, source, *_ in rows if source == SET_ON_THE_TOPIC},
        )
        for _, _, _, name, rows in answer.resources
    }


async def until(seen: Callable[[], Awaitable[Any]]) -> None:
    """Wait until a change has reached the broker that answers."""
    for _ in range(400):
        if await seen():
            return
        await asyncio.sleep(0.05)
    pytest.fail("the change did not reach the broker within 20 s")


async def alter(
    admin: AIOKafkaAdminClient, topics: dict[str, Topic], name: str, setting: str, value: str
) -> None:
    """Change one setting of one topic on the broker."""
    topic = topics[name]
    configs = topic.configs() | {setting: value}
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, configs)])

    async def seen() -> bool:
        return (await on_broker(admin, topics))[topic.name][2] == configs

    await until(seen)


async def test_what_is_created_is_what_the_files_say(
    admin: AIOKafkaAdminClient, topics: dict[str, Topic]
) -> None:
    """By the broker's own account: each setting stands on the topic, and no other does."""
    creation = await create_topics(admin, topics)
    assert creation.created == tuple(sorted(topic.name for topic in topics.values()))
    assert creation.present == ()
    assert creation.differences == ()
    expected = {}
    for name, (days, mebibytes) in EXPECTED.items():
        configs = {
            "cleanup.policy": "delete",
            "compression.type": "producer",
            "max.message.bytes": str(mebibytes * MIB),
            "message.timestamp.type": "LogAppendTime",
            "min.insync.replicas": "1",
            "retention.bytes": "-1",
            "retention.ms": str(days * DAY_MS) if days > 0 else "-1",
            "unclean.leader.election.enable": "false",
        }
        if name == "claims-history":
            configs |= COMPACTED
        expected[topics[name].name] = (PARTITIONS, {1}, configs)
    assert await on_broker(admin, topics) == expected


async def test_a_second_create_changes_nothing(
    admin: AIOKafkaAdminClient, made: dict[str, Topic]
) -> None:
    """Nothing is created, nothing altered, and what differs is said."""
    await alter(admin, made, "claims-clean", "retention.ms", "1000")
    before = await on_broker(admin, made)
    creation = await create_topics(admin, made)
    assert creation.created == ()
    assert creation.present == tuple(sorted(topic.name for topic in made.values()))
    assert [str(one) for one in creation.differences] == [
        f"{made['claims-clean'].name}: retention.ms is 1000, wanted 1209600000"
    ]
    assert await on_broker(admin, made) == before


async def test_only_what_is_missing_is_created(
    admin: AIOKafkaAdminClient, topics: dict[str, Topic]
) -> None:
    """The others are left as they are."""
    await create_topics(admin, {"remittances": topics["remittances"]})
    creation = await create_topics(admin, topics)
    assert creation.present == (topics["remittances"].name,)
    assert len(creation.created) == len(topics) - 1
    assert creation.differences == ()


async def test_two_operators_at_once_create_each_topic_once(
    admin: AIOKafkaAdminClient, topics: dict[str, Topic]
) -> None:
    """Whoever is second finds it there."""
    both = await asyncio.gather(create_topics(admin, topics), create_topics(admin, topics))
    created = [name for creation in both for name in creation.created]
    assert sorted(created) == sorted(topic.name for topic in topics.values())
    assert all(set(one.created).isdisjoint(one.present) for one in both)


async def test_what_was_created_is_as_wanted(
    admin: AIOKafkaAdminClient, made: dict[str, Topic]
) -> None:
    """Nothing differs, and the worker learns its partition count."""
    assert await differences(admin, made) == []
    assert await preflight(admin, made) == PARTITIONS


@pytest.mark.parametrize(
    ("name", "setting", "value", "wanted"),
    [
        ("claims-clean", "cleanup.policy", "compact", "delete"),
        ("claims-review", "cleanup.policy", "compact,delete", "delete"),
        ("claims-history", "cleanup.policy", "delete", "compact"),
        ("claims-submitted", "retention.ms", "1209599999", "1209600000"),
        ("oversight-alerts", "retention.ms", "7776000000", "-1"),
        ("claims-dead-letter", "retention.bytes", "1073741824", "-1"),
        ("remittances", "unclean.leader.election.enable", "true", "false"),
        ("claims-submitted", "message.timestamp.type", "CreateTime", "LogAppendTime"),
        ("claims-rejected", "max.message.bytes", "4194303", "4194304"),
        # A record that fits here and not among the dead letters would stop the workers.
        ("review-decisions", "max.message.bytes", "3145728", "2097152"),
    ],
)
async def test_a_setting_that_loses_data_is_refused(
    admin: AIOKafkaAdminClient,
    made: dict[str, Topic],
    name: str,
    setting: str,
    value: str,
    wanted: str,
) -> None:
    """With topic, setting, what was found, what is wanted and what to do."""
    topic = made[name]
    await alter(admin, made, name, setting, value)
    assert await differences(admin, made) == [
        Difference(topic.name, setting, wanted, value, loses_data=True)
    ]
    with pytest.raises(TopicError) as caught:
        await preflight(admin, made)
    (fault,) = caught.value.faults
    assert fault == (
        f"{topic.name}: {setting} is {value}, wanted {wanted}. "
        "Set it on the broker (kafka-configs --alter), then `scrubber topics verify`."
    )


async def test_too_few_replicas_in_sync_are_refused(
    admin: AIOKafkaAdminClient, topics: dict[str, Topic]
) -> None:
    """An acknowledged record on one disk is lost with it."""
    topics["claims-clean"] = topics["claims-clean"].model_copy(update={"min_insync": 2})
    await create_topics(admin, topics)
    await alter(admin, topics, "claims-clean", "min.insync.replicas", "1")
    said = re.escape("claims-clean: min.insync.replicas is 1, wanted 2. Set it on the broker")
    with pytest.raises(TopicError, match=said):
        await preflight(admin, topics)


async def test_too_few_replicas_are_refused(
    admin: AIOKafkaAdminClient, made: dict[str, Topic]
) -> None:
    """Each topic that has fewer is named."""
    wanted = {name: one.model_copy(update={"replication": 2}) for name, one in made.items()}
    with pytest.raises(TopicError) as caught:
        await preflight(admin, wanted)
    assert caught.value.faults == tuple(
        f"{topic.name}: replication is 1, wanted 2. "
        "Reassign its partitions to more brokers, then `scrubber topics verify`."
        for topic in made.values()
    )


async def test_a_missing_topic_is_refused(
    admin: AIOKafkaAdminClient, made: dict[str, Topic]
) -> None:
    """And asking for it does not create it."""
    topic = made["claims-rekeyed"]
    await admin.delete_topics([topic.name])

    async def seen() -> bool:
        return topic.name not in await on_broker(admin, made)

    await until(seen)
    assert await differences(admin, made) == [
        Difference(topic.name, "topic", "there", "missing", loses_data=True)
    ]
    with pytest.raises(TopicError) as caught:
        await preflight(admin, made)
    (fault,) = caught.value.faults
    assert fault == (
        f"{topic.name}: topic is missing, wanted there. "
        "Run `scrubber topics create`, or let this user describe the topic."
    )
    assert topic.name not in await on_broker(admin, made)


async def test_unequal_partition_counts_are_refused(
    admin: AIOKafkaAdminClient, made: dict[str, Topic]
) -> None:
    """Partition 3 of one topic would have no counterpart in the others."""
    topic = made["review-decisions"]
    await admin.create_partitions({topic.name: NewPartitions(PARTITIONS + 1)})

    async def seen() -> bool:
        return (await on_broker(admin, made))[topic.name][0] == PARTITIONS + 1

    await until(seen)
    assert await differences(admin, made) == [
        Difference(topic.name, "partitions", "2", "3", loses_data=True)
    ]
    said = re.escape(f"{topic.name}: partitions is 3, wanted 2. Partitions of one number belong")
    with pytest.raises(TopicError, match=said):
        await preflight(admin, made)


async def test_another_count_that_all_topics_share_is_said_and_taken(
    admin: AIOKafkaAdminClient, made: dict[str, Topic]
) -> None:
    """The broker's count is what the worker works with."""
    wanted = {name: topic.model_copy(update={"partitions": 24}) for name, topic in made.items()}
    assert await differences(admin, wanted) == [
        Difference(topic.name, "partitions", "24", "2", loses_data=False) for topic in made.values()
    ]
    assert await preflight(admin, wanted) == PARTITIONS


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        ("claims-history", "segment.ms", "7200000"),
        ("claims-history", "delete.retention.ms", "1000"),
        ("claims-history", "min.cleanable.dirty.ratio", "0.5"),
        ("claims-history", "max.compaction.lag.ms", "7200000"),
        ("claims-clean", "compression.type", "zstd"),
        ("claims-clean", "retention.ms", "-1"),
        ("claims-clean", "max.message.bytes", "8388608"),
        ("claims-submitted", "max.message.bytes", "3145727"),
        ("claims-clean", "min.insync.replicas", "2"),
    ],
)
async def test_a_harmless_setting_is_said_and_not_refused(
    admin: AIOKafkaAdminClient, made: dict[str, Topic], name: str, setting: str, value: str
) -> None:
    """Longer, larger, stricter, or tidied at another time."""
    await alter(admin, made, name, setting, value)
    (found,) = await differences(admin, made)
    assert (found.topic, found.setting, found.found) == (made[name].name, setting, value)
    assert not found.loses_data
    assert await preflight(admin, made) == PARTITIONS


async def test_an_output_that_is_an_input_is_refused(
    admin: AIOKafkaAdminClient, made: dict[str, Topic]
) -> None:
    """The worker would answer its own answers without end."""
    both = made["claims-submitted"].name
    made["claims-rejected"] = made["claims-rejected"].model_copy(update={"name": both})
    with pytest.raises(TopicError, match=f"{both}: stands for more than one topic"):
        await preflight(admin, made)


async def test_a_topic_that_the_broker_refuses_is_said_in_its_words(
    admin: AIOKafkaAdminClient, topics: dict[str, Topic]
) -> None:
    """More replicas than brokers."""
    topics = {name: one.model_copy(update={"replication": 99}) for name, one in topics.items()}
    with pytest.raises(TopicError) as caught:
        await create_topics(admin, topics)
    assert len(caught.value.faults) == len(topics)
    assert all("not created: " in one and "99" in one for one in caught.value.faults)


async def test_no_broker_is_an_error_of_its_own() -> None:
    """What the library raises does not come out."""
    with pytest.raises(UnreachableError, match="no answer from a Kafka broker"):
        async with connect({"bootstrap_servers": "127.0.0.1:1"}):
            pass


class Broker:
    """Answers as a broker that has the topics, and tells of their settings what it is given."""

    def __init__(self, topics: dict[str, Topic], *, code: int = 0, silent: str = "") -> None:
        """Answer with `code` for settings, and never with the setting `silent`."""
        self.topics = topics
        self.code = code
        self.silent = silent
        self.shown = list(topics.values())

    async def describe_topics(self) -> list[dict[str, Any]]:
        """Say that each shown topic has its partitions."""
        return [
            {
                "topic": topic.name,
                "error_code": 0,
                "partitions": [{"replicas": range(topic.replication)}] * topic.partitions,
            }
            for topic in self.shown
        ]

    async def describe_configs(self, resources: list[ConfigResource]) -> list[Any]:
        """Say the settings, or why not."""
        names = {resource.name for resource in resources}
        rows = [
            (
                self.code,
                "",
                2,
                topic.name,
                [o for o in topic.configs().items() if o[0] != self.silent],
            )
            for topic in self.shown
            if topic.name in names
        ]
        return [SimpleNamespace(resources=rows)]

    async def create_topics(self, new_topics: list[Any]) -> Any:
        """Take every topic, and show none."""
        return SimpleNamespace(topic_errors=[(topic.name, 0, None) for topic in new_topics])


async def test_settings_that_may_not_be_read_are_a_fault() -> None:
    """What is not known to be safe is not safe; the reason is the broker's."""
    topics = load_topics()
    denied = Broker(topics, code=29)
    with pytest.raises(TopicError) as caught:
        await preflight(denied, topics)
    assert len(caught.value.faults) == len(topics)
    assert caught.value.faults[0].startswith("claims-clean: its settings cannot be read: ")
    assert "authorized" in caught.value.faults[0].lower()


@pytest.mark.parametrize(
    ("setting", "refused"),
    [("min.insync.replicas", True), ("max.message.bytes", True), ("segment.ms", False)],
)
async def test_a_setting_that_a_broker_does_not_tell_counts_as_lost(
    setting: str, *, refused: bool
) -> None:
    """Where it can lose data; brokers that only speak Kafka's protocol leave some out."""
    topics = load_topics()
    found = await differences(Broker(topics, silent=setting), topics)
    assert {one.found for one in found} == {"not told"}
    assert {one.loses_data for one in found} == {refused}


async def test_a_topic_that_stays_unseen_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Creation does not return as if all were well."""
    monkeypatch.setattr("scrubber.stream.topics.VISIBLE_WITHIN_S", 0.0)
    topics = load_topics()
    broker = Broker(topics)
    broker.shown = []
    with pytest.raises(TopicError, match="claims-clean: created, but not shown by the broker"):
        await create_topics(broker, topics)


@pytest.mark.parametrize(("replication", "min_insync"), [(1, 1), (2, 1), (3, 2), (5, 2)])
def test_fewer_replicas_need_fewer_in_sync(replication: int, min_insync: int) -> None:
    """One fewer than there are, at least one, and never more than the file's two."""
    topics = load_topics(prefix="x.", partitions=6, replication=replication)
    assert set(topics) == set(EXPECTED)
    for name, topic in topics.items():
        assert topic.name == f"x.{name}"
        assert (topic.partitions, topic.replication) == (6, replication)
        assert topic.min_insync == min_insync
