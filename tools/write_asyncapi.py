"""Write docs/asyncapi.yaml from topics/ and schemas/; tests hold it fresh and parse it."""

import sys
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from scrubber.contracts.claim import SCHEMA_VERSION
from scrubber.stream.topics import Topic, load_topics

DOCUMENT = Path(__file__).parent.parent / "docs" / "asyncapi.yaml"
BINDING = "0.5.0"
HEADING = "# Written by `make asyncapi` from topics/ and schemas/: change those.\n"
DESCRIPTION = """\
The Kafka topics of the claims scrubber, for those who write to them or read from them.

Each operation is said from the view of the party that its id begins with and its tag names:
`clearinghouse-sends-claims-submitted` is an action `send` because the clearinghouse sends. Take
the operations of your tag; those of `worker` are the scrubber's own, the other side of yours.

Whatever `worker` sends is written in transactions. Read it with `isolation.level=read_committed`:
others see outcomes of batches that were given up, and the same claim more than once.
An installation may put a prefix before all topic names, and have fewer partitions and replicas.
"""
PARTIES = {
    "clearinghouse": "Sends claims and payers' answers, takes clean claims.",
    "console": "The review console.",
    "external-review": "Another tool in which people review claims.",
    "on-call": "Whoever is woken by an alert.",
    "operator": "Runs the workers, mends what cannot be read.",
    "oversight": "Compares outcomes with what payers made of them.",
    "payer-gateway": "Takes clean claims to payers.",
    "submitter": "Corrects rejected claims and sends them again.",
    "worker": "The claims scrubber itself.",
}
PATIENT_KEY = (
    "Lower-case hex of a keyed BLAKE2b (16 bytes) over payer id, member id, birth date and first "
    "name: one patient, one partition, no patient data."
)
KEYS: dict[str, dict[str, Any]] = {
    "patient-key": {"type": "string", "pattern": "^[0-9a-f]{32}$", "description": PATIENT_KEY},
    "patient-key-or-any": {
        "type": "string",
        "description": f"The patient key if you can compute it, else any. {PATIENT_KEY}",
    },
    "source-key": {"description": "The key of the record as it came, byte for byte; may be null."},
    "model-or-provider-key": {
        "type": "string",
        "description": "The coding model or the provider that the alert is about.",
    },
}
HEADERS = {
    "attempts": "How often the record was tried, a decimal number.",
    "error": "What is wrong with the record, in words without any value of it.",
    "error_type": "The kind of defect, such as claim-event-unreadable or submission-id-reused.",
    "failed_at": "When, in UTC (RFC 3339).",
    "source_offset": "The record's offset there, a decimal number.",
    "source_partition": "The record's partition there, a decimal number.",
    "source_topic": "The topic the record was read from.",
}
OPAQUE = {
    "source-bytes": "The record as it came, byte for byte.",
    "state": "The workers' own; it changes without notice.",
}


def document() -> str:
    """Return the document, the same text for the same topics."""
    topics = load_topics()
    content = {
        "asyncapi": "3.0.0",
        "id": "urn:claims-scrubber:topics",
        "info": {
            "title": "Claims scrubber",
            "version": f"{SCHEMA_VERSION}.0.0",
            "description": DESCRIPTION,
            "license": {
                "name": "Apache 2.0",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
            "tags": [{"name": name, "description": text} for name, text in PARTIES.items()],
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "{bootstrap_servers}",
                "protocol": "kafka",
                "description": "The installation's brokers, as SCRUBBER_BOOTSTRAP_SERVERS.",
                "variables": {"bootstrap_servers": {"description": "host:port, comma-separated"}},
            }
        },
        "channels": {name: _channel(name, topic) for name, topic in topics.items()},
        "operations": _operations(topics),
        "components": {"schemas": KEYS},
    }
    text = yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)
    return HEADING + text


class _Plain(yaml.SafeDumper):
    """Repeats instead of anchors, and paragraphs as paragraphs."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Plain.add_representer(str, _text)


def _channel(name: str, topic: Topic) -> dict[str, Any]:
    alone = topic.producers == topic.consumers == ("worker",)
    notes = (
        topic.description,
        "For the workers alone: nobody else writes or reads it." if alone else "",
        f"What cannot be read goes to {topic.dead_letter}." if topic.dead_letter else "",
    )
    return {
        "address": name,
        "description": " ".join(filter(None, notes)),
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {_event(topic): _message(name, topic)},
        "bindings": {
            "kafka": {
                "topic": name,
                "partitions": topic.partitions,
                "replicas": topic.replication,
                "topicConfiguration": {
                    setting: _typed(setting, value) for setting, value in topic.configs().items()
                },
                "bindingVersion": BINDING,
            }
        },
        "x-owner": topic.owner,
        "x-patient-data": topic.patient_data,
    }


def _event(topic: Topic) -> str:
    return PurePosixPath(topic.value).name.partition(".")[0]


def _typed(setting: str, value: str) -> Any:
    """Return a topic setting with the type that the Kafka binding asks for."""
    if setting == "cleanup.policy":
        return [value]
    if value in {"true", "false"}:
        return value == "true"
    if value.lstrip("-").isdigit():
        return int(value)
    return float(value) if setting.endswith("ratio") else value


def _message(name: str, topic: Topic) -> dict[str, Any]:
    event = _event(topic)
    message: dict[str, Any] = {"name": event, "title": f"{event} on {name}"}
    if topic.headers:
        message["headers"] = {
            "type": "object",
            "properties": {
                header: {"type": "string", "description": HEADERS[header]}
                for header in topic.headers
            },
            "required": list(topic.headers),
        }
    if event in OPAQUE:
        message["contentType"] = "application/octet-stream"
        message["payload"] = {"description": OPAQUE[event]}
    else:
        message["payload"] = {"$ref": f"../{topic.value}"}
    any_key = event == "claim" and "worker" not in topic.producers
    key = f"{topic.key}-or-any" if any_key else topic.key
    message["bindings"] = {
        "kafka": {"key": {"$ref": f"#/components/schemas/{key}"}, "bindingVersion": BINDING}
    }
    if topic.examples:
        message["examples"] = [
            {"name": PurePosixPath(example).stem, "payload": {"$ref": f"../{example}"}}
            for example in topic.examples
        ]
    return message


def _operations(topics: dict[str, Topic]) -> dict[str, Any]:
    said = [
        (party, action, name, topic)
        for name, topic in topics.items()
        for action, parties in (("send", topic.producers), ("receive", topic.consumers))
        for party in parties
    ]
    return {
        f"{party}-{action}s-{name}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{name}"},
            "messages": [{"$ref": f"#/channels/{name}/messages/{_event(topic)}"}],
            "tags": [{"name": party}],
        }
        for party, action, name, topic in sorted(said, key=lambda one: one[:3])
    }


def main() -> int:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
