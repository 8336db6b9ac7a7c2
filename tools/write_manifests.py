"""
Write what deploy/ says of topics, rights, alerts and dashboards, from where each is stated.

Kafka's from topics/, as Strimzi's resources; Prometheus's and Grafana's from deploy/monitoring/.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml

from scrubber.pipeline.settings import SETTINGS
from scrubber.stream.topics import Topic, load_topics

DEPLOY = Path(__file__).parent.parent / "deploy"
HEADING = "# Written by `make manifests` from {source}: change that.\n"
CLUSTER = "scrub"
APP_ID = next(one.default for one in SETTINGS if one.name == "SCRUBBER_APP_ID")
OPERATOR = "operator"
WORKER = "worker"
#: A reviewer's decision is about the claim as it stands here: the worker reads it back.
READ_BACK = "claims-review"
GRID = {"w": 12, "h": 8}

Manifest = dict[str, Any]


def manifests() -> dict[Path, str]:
    """Return each generated file's path and text."""
    topics = load_topics()
    monitoring = DEPLOY / "components" / "monitoring"
    strimzi = DEPLOY / "components" / "strimzi"
    rules = yaml.safe_load((DEPLOY / "monitoring" / "rules.yaml").read_text(encoding="utf-8"))
    boards = yaml.safe_load((DEPLOY / "monitoring" / "dashboards.yaml").read_text(encoding="utf-8"))
    return {
        strimzi / "topics.yaml": _yaml("topics/", [_topic(one) for one in topics.values()]),
        strimzi / "users.yaml": _yaml("topics/", users(topics)),
        monitoring / "rules.yaml": _yaml(
            "deploy/monitoring/rules.yaml",
            [_resource("monitoring.coreos.com/v1", "PrometheusRule", "scrubber", rules)],
        ),
        **{
            monitoring / "dashboards" / f"{one['file']}.json": json.dumps(_dashboard(one), indent=1)
            + "\n"
            for one in boards
        },
    }


def _yaml(source: str, documents: list[Manifest]) -> str:
    text = yaml.safe_dump_all(documents, sort_keys=False, width=100, allow_unicode=True)
    return HEADING.format(source=source) + text


def _resource(version: str, kind: str, name: str, spec: Manifest) -> Manifest:
    labels = {"strimzi.io/cluster": CLUSTER} if version.startswith("kafka") else {}
    metadata: Manifest = {"name": name} | ({"labels": labels} if labels else {})
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def _topic(topic: Topic) -> Manifest:
    return _resource(
        "kafka.strimzi.io/v1",
        "KafkaTopic",
        topic.name,
        {"partitions": topic.partitions, "replicas": topic.replication, "config": topic.configs()},
    )


def users(topics: dict[str, Topic]) -> list[Manifest]:
    """Return a user for every party of the topics, with the rights its part needs and no other."""
    parties = sorted({party for one in topics.values() for party in one.producers + one.consumers})
    return [
        _resource(
            "kafka.strimzi.io/v1",
            "KafkaUser",
            f"claims-{party}",
            {
                "authentication": {"type": "tls"},
                "authorization": {"type": "simple", "acls": _rights(party, topics)},
            },
        )
        for party in parties
    ]


def _rights(party: str, topics: dict[str, Topic]) -> list[Manifest]:
    rights = []
    read_again = {one.dead_letter for one in topics.values() if one.dead_letter}
    for name, topic in topics.items():
        operations = []
        if party in topic.consumers or (party == WORKER and name == READ_BACK):
            operations.append("Read")
        # A replay puts a dead letter back where it came from, and marks it as replayed.
        replays = party == OPERATOR and (topic.dead_letter is not None or name in read_again)
        if party in topic.producers or replays:
            operations.append("Write")
        if not operations:
            continue
        operations.append("Describe")
        if party == WORKER:  # it looks at the settings of its topics before it starts
            operations.append("DescribeConfigs")
        rights.append(_right("topic", name, "literal", operations))
    # The workers' group and transactions bear the name of their app; others' groups, their own.
    group = APP_ID if party == WORKER else f"claims-{party}"
    rights.append(_right("group", group, "literal" if party == WORKER else "prefix", ["Read"]))
    if party == WORKER:
        rights.append(
            _right("transactionalId", f"{APP_ID}-", "prefix", ["Write", "Describe"]),
        )
    if party == OPERATOR:
        replay = f"{APP_ID}-dead-letter-replay"
        rights.append(_right("transactionalId", replay, "literal", ["Write", "Describe"]))
    return rights


def _right(kind: str, name: str, pattern: str, operations: list[str]) -> Manifest:
    return {
        "resource": {"type": kind, "name": name, "patternType": pattern},
        "operations": operations,
    }


def _dashboard(board: Manifest) -> Manifest:
    return {
        "uid": f"scrubber-{board['file']}",
        "title": board["title"],
        "tags": ["claims-scrubber"],
        "schemaVersion": 39,
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "30s",
        "templating": {
            "list": [
                {
                    "name": "source",
                    "label": "Prometheus",
                    "type": "datasource",
                    "query": "prometheus",
                }
            ]
        },
        "panels": [_panel(i, panel) for i, panel in enumerate(board["panels"])],
    }


def _panel(position: int, panel: Manifest) -> Manifest:
    queries = (
        [
            (
                panel["query"].replace("$q", str(q)),
                panel["legend"].replace("{{quantile}}", f"{q * 100:g}"),
            )
            for q in panel["quantiles"]
        ]
        if "quantiles" in panel
        else [(panel["query"], panel["legend"])]
    )
    source = {"type": "prometheus", "uid": "${source}"}
    return {
        "id": position + 1,
        "type": "timeseries",
        "title": panel["title"],
        "datasource": source,
        "gridPos": {**GRID, "x": GRID["w"] * (position % 2), "y": GRID["h"] * (position // 2)},
        "fieldConfig": {"defaults": {"unit": panel["unit"], "min": 0}, "overrides": []},
        "targets": [
            {
                "refId": chr(ord("A") + i),
                "datasource": source,
                "expr": query,
                "legendFormat": legend,
            }
            for i, (query, legend) in enumerate(queries)
        ],
    }


def main() -> int:
    """Write the files, and remove dashboards that are no longer stated."""
    wanted = manifests()
    for old in (DEPLOY / "components" / "monitoring" / "dashboards").glob("*.json"):
        if old not in wanted:
            old.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
