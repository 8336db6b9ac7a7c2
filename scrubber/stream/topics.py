"""
The topics as data: `topics/*.yaml` as created on the broker, and compared with what it holds.

A topic with other settings may drop records that nobody has read; the worker asks `preflight`
before it reads its first record.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    KafkaError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
    for_code,
)
from pydantic import BaseModel, ConfigDict, Field

import scrubber
from scrubber.contracts.strict_yaml import load_model

#: A link to `topics/` of the repository in a checkout, the files themselves in a wheel.
TOPIC_FILES = Path(scrubber.__file__).parent / "topics"
UNLIMITED = "unlimited"
VISIBLE_WITHIN_S = 30.0
NOT_TOLD = "not told"
MISSING_REMEDY = "Run `scrubber topics create`, or let this user describe the topic."
#: The others only say how soon a compacted topic is tidied, and who compresses.
LOSSY = frozenset(
    {
        "cleanup.policy",
        "max.message.bytes",
        "message.timestamp.type",
        "min.insync.replicas",
        "retention.bytes",
        "retention.ms",
        "unclean.leader.election.enable",
    }
)
_WORDS = ("cleanup.policy", "message.timestamp.type", "unclean.leader.election.enable")
_HOURS_MS = {"h": 3_600_000, "d": 86_400_000}

Party = Literal[
    "clearinghouse", "console", "external-review", "on-call", "operator", "oversight",
    "payer-gateway", "submitter", "worker",
]  # fmt: skip
Span = Annotated[str, Field(pattern=r"^[1-9]\d*[hd]$")]
Retention = Annotated[str, Field(pattern=rf"^([1-9]\d*[hd]|{UNLIMITED})$")]
Size = Annotated[str, Field(pattern=r"^[1-9]\d*MiB$")]


class Strict(BaseModel):
    """Every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Compaction(Strict):
    """How soon a compacted topic is tidied."""

    min_cleanable_dirty_ratio: float
    segment: Span
    max_compaction_lag: Span
    delete_retention: Span


class TopicFile(Strict):
    """A topic as its file states it."""

    description: str
    owner: Literal["delivery", "intake", "operations", "oversight", "review"]
    key: Literal["patient-key", "source-key", "model-or-provider-key"]
    value: str
    headers: tuple[str, ...] = ()
    producers: tuple[Party, ...]
    consumers: tuple[Party, ...]
    partitions: int = Field(ge=1)
    replication: int = Field(ge=1)
    min_insync: int = Field(ge=1)
    unclean_leader_election: bool
    retention: Retention
    cleanup: Literal["delete", "compact"]
    compaction: Compaction | None = None
    max_message: Size
    dead_letter: str | None = None
    patient_data: Literal["full", "pseudonymous", "none"]
    examples: tuple[str, ...] = ()


class Topic(TopicFile):
    """A topic as a broker shall hold it: the file's settings under the name with its prefix."""

    name: str

    @property
    def max_message_bytes(self) -> int:
        """The largest batch of records, compressed."""
        return int(self.max_message.removesuffix("MiB")) << 20

    def configs(self) -> dict[str, str]:
        """
        Return every setting that decides about a record, under Kafka's names.

        All are written on creation: what is left out follows the broker's defaults, which change
        without anybody looking at our topics.
        """
        configs = {
            "cleanup.policy": self.cleanup,
            "compression.type": "producer",
            "max.message.bytes": str(self.max_message_bytes),
            # By a producer's clock, an old or wrong one, retention would take records unread.
            "message.timestamp.type": "LogAppendTime",
            "min.insync.replicas": str(self.min_insync),
            # A limit by size would cut a backlog whatever its age.
            "retention.bytes": "-1",
            "retention.ms": "-1" if self.retention == UNLIMITED else str(_ms(self.retention)),
            "unclean.leader.election.enable": str(self.unclean_leader_election).lower(),
        }
        if self.compaction:
            configs |= {
                "delete.retention.ms": str(_ms(self.compaction.delete_retention)),
                "max.compaction.lag.ms": str(_ms(self.compaction.max_compaction_lag)),
                "min.cleanable.dirty.ratio": str(self.compaction.min_cleanable_dirty_ratio),
                "segment.ms": str(_ms(self.compaction.segment)),
            }
        return configs


def _ms(span: str) -> int:
    return int(span[:-1]) * _HOURS_MS[span[-1]]


class TopicError(ValueError):
    """Topics that cannot be used; `faults` names topic, setting and remedy of each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        """Keep all faults: the operator mends them in one go."""
        super().__init__("; ".join(faults))
        self.faults = faults


class UnreachableError(RuntimeError):
    """No broker answers, or none that lets us in."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that the broker holds otherwise; `topic` is the name on the broker."""

    topic: str
    setting: str
    wanted: str
    found: str
    loses_data: bool

    def __str__(self) -> str:
        """Say it to an operator."""
        return f"{self.topic}: {self.setting} is {self.found}, wanted {self.wanted}"


@dataclass(frozen=True, slots=True)
class Creation:
    """What `create_topics` did, by names on the broker; what was there is as it was."""

    created: tuple[str, ...]
    present: tuple[str, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A topic as the broker holds it."""

    partitions: int
    replication: int
    configs: dict[str, str]


def load_topics(
    *, prefix: str = "", partitions: int | None = None, replication: int | None = None
) -> dict[str, Topic]:
    """
    Return every topic by its name without `prefix`; raises `YamlError`.

    `partitions` and `replication` stand in for the files' on small clusters. Another replication
    lowers min_insync to one replica fewer, at least 1, and never above the file's: 1 and 2 give 1,
    3 gives 2.
    """
    topics = {}
    for path in sorted(TOPIC_FILES.glob("*.yaml")):
        stated: dict[str, Any] = load_model(path, TopicFile).model_dump()
        stated["name"] = prefix + path.stem
        if partitions is not None:
            stated["partitions"] = partitions
        if replication is not None:
            stated["replication"] = replication
            stated["min_insync"] = max(1, min(stated["min_insync"], replication - 1))
        topics[path.stem] = Topic.model_validate(stated)
    return topics


@asynccontextmanager
async def connect(options: Mapping[str, Any]) -> AsyncIterator[AIOKafkaAdminClient]:
    """Yield a connected admin client; raises `UnreachableError` when no broker answers it."""
    admin = AIOKafkaAdminClient(**options)
    try:
        await admin.start()
        yield admin
    except (KafkaError, TimeoutError, OSError) as error:
        reason = str(error) or type(error).__name__
        raise UnreachableError(f"no answer from a Kafka broker: {reason}") from error
    finally:
        await admin.close()


async def partition_count(options: Mapping[str, Any], topic: str) -> int:
    """Return how many partitions a topic has; raises `TopicError` when it is not there."""
    async with connect(options) as admin:
        # All topics are asked for: a broker may create one because its name was asked for.
        for one in await admin.describe_topics():
            if one["topic"] == topic and one["error_code"] == 0:
                return len(one["partitions"])
    fault = f"{topic}: topic is missing. {MISSING_REMEDY}"
    raise TopicError((fault,))


async def create_topics(admin: AIOKafkaAdminClient, topics: Mapping[str, Topic]) -> Creation:
    """
    Create what is missing and return when the broker shows it; what is there is never altered.

    Raises `TopicError` with the broker's words for a topic it refuses.
    """
    there = await _describe(admin, topics)
    missing = {topic.name: topic for topic in topics.values() if topic.name not in there}
    created, faults = [], []
    if missing:
        answer = await admin.create_topics(
            [
                NewTopic(
                    topic.name, topic.partitions, topic.replication, topic_configs=topic.configs()
                )
                for topic in missing.values()
            ]
        )
        for name, code, words in answer.topic_errors:
            if code == 0:
                created.append(name)
            elif code != TopicAlreadyExistsError.errno:  # another operator was faster
                faults.append(f"{name}: not created: {words or for_code(code).description}")
    if faults:
        raise TopicError(tuple(faults))
    await _until_visible(admin, topics)
    present = sorted({topic.name for topic in topics.values()} - set(created))
    return Creation(tuple(sorted(created)), tuple(present), tuple(await differences(admin, topics)))


async def _until_visible(admin: AIOKafkaAdminClient, topics: Mapping[str, Topic]) -> None:
    """A broker answers before each of its kind has heard of the new topics."""
    end = time.monotonic() + VISIBLE_WITHIN_S
    while unseen := await _unseen(admin, topics):
        if time.monotonic() > end:
            raise TopicError(
                tuple(
                    f"{name}: created, but not shown by the broker within {VISIBLE_WITHIN_S:.0f} "
                    "s; run `scrubber topics verify` when the cluster has settled"
                    for name in unseen
                )
            )
        await asyncio.sleep(0.1)


async def _unseen(admin: AIOKafkaAdminClient, topics: Mapping[str, Topic]) -> list[str]:
    there = await _describe(admin, topics)
    return sorted({topic.name for topic in topics.values()} - set(there))


async def differences(admin: AIOKafkaAdminClient, topics: Mapping[str, Topic]) -> list[Difference]:
    """
    Return where the broker departs from `topics`, by topic and setting.

    Raises `TopicError` when the broker does not let the settings be read.
    """
    return _compare(topics, await _describe(admin, topics))


async def preflight(admin: AIOKafkaAdminClient, topics: Mapping[str, Topic]) -> int:
    """
    Return the partition count that all topics have.

    Raises `TopicError` when a topic's settings would lose data: each fault names topic, setting,
    the value found, the value wanted, and what to do.
    """
    names = [topic.name for topic in topics.values()]
    faults = [
        f"{name}: stands for more than one topic; what the worker writes it would read again. "
        "Give each topic a name of its own."
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
    found = await _describe(admin, topics)
    faults += [
        f"{difference}. {_remedy(difference)}"
        for difference in _compare(topics, found)
        if difference.loses_data
    ]
    if faults:
        raise TopicError(tuple(faults))
    return next(iter(found.values())).partitions


def _remedy(difference: Difference) -> str:
    match difference.setting:
        case "topic":
            return MISSING_REMEDY
        case "partitions":
            return (
                "Partitions of one number belong together. Let the workers finish, then move to "
                "topics under another SCRUBBER_TOPIC_PREFIX: `scrubber topics create`."
            )
        case "replication":
            return "Reassign its partitions to more brokers, then `scrubber topics verify`."
        case _:
            return "Set it on the broker (kafka-configs --alter), then `scrubber topics verify`."


def _compare(topics: Mapping[str, Topic], there: Mapping[str, _Found]) -> list[Difference]:
    unequal = len({found.partitions for found in there.values()}) > 1
    result = []
    for topic in topics.values():
        found = there.get(topic.name)
        if found is None:
            result.append(Difference(topic.name, "topic", "there", "missing", loses_data=True))
            continue
        if found.partitions != topic.partitions:
            result.append(_difference(topic, "partitions", found.partitions, loses_data=unequal))
        if found.replication != topic.replication:
            lower = found.replication < topic.replication
            result.append(_difference(topic, "replication", found.replication, loses_data=lower))
        result += [
            Difference(
                topic.name,
                setting,
                wanted,
                value,
                _loses(setting, wanted, value, _most(setting, topic, topics, there)),
            )
            for setting, wanted in topic.configs().items()
            if (value := found.configs.get(setting, NOT_TOLD)) != wanted
        ]
    return sorted(result, key=lambda one: (one.topic, one.setting))


def _difference(
    topic: Topic, setting: Literal["partitions", "replication"], found: int, *, loses_data: bool
) -> Difference:
    return Difference(topic.name, setting, str(getattr(topic, setting)), str(found), loses_data)


def _loses(setting: str, wanted: str, found: str, most: float) -> bool:
    """Return whether a setting other than wanted can lose a record."""
    if setting not in LOSSY:
        return False
    if found == NOT_TOLD or setting in _WORDS:
        return True
    if setting in ("retention.ms", "retention.bytes"):
        return int(found) != -1 and (int(wanted) == -1 or int(found) < int(wanted))
    return not int(wanted) <= int(found) < most


def _most(
    setting: str, topic: Topic, topics: Mapping[str, Topic], there: Mapping[str, _Found]
) -> float:
    """A record that the dead letter topic cannot hold would stop the workers for good."""
    letters = topics.get(topic.dead_letter or "")
    if (
        setting == "max.message.bytes"
        and "worker" in topic.consumers
        and letters
        and letters.name in there
    ):
        return float(there[letters.name].configs.get(setting, "inf"))
    return float("inf")


async def _describe(admin: AIOKafkaAdminClient, topics: Mapping[str, Topic]) -> dict[str, _Found]:
    """Return those topics that the broker shows, by their names there."""
    wanted = {topic.name for topic in topics.values()}
    # All topics are asked for: a broker may create a topic because its name was asked for.
    shown = {
        topic["topic"]: topic["partitions"]
        for topic in await admin.describe_topics()
        if topic["topic"] in wanted and topic["error_code"] == 0
    }
    configs = await _configs(admin, sorted(shown))
    return {
        name: _Found(
            len(partitions), min(len(one["replicas"]) for one in partitions), configs[name]
        )
        for name, partitions in shown.items()
        if name in configs
    }


async def _configs(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    configs, faults = {}, []
    for answer in await admin.describe_configs(resources):
        for code, words, _, name, entries in answer.resources:
            if code == 0:
                configs[name] = {entry[0]: entry[1] for entry in entries}
            elif code != UnknownTopicOrPartitionError.errno:
                reason = words or for_code(code).description
                faults.append(f"{name}: its settings cannot be read: {reason}")
    if faults:
        raise TopicError(tuple(faults))
    return configs
