"""Every overlay renders, fits the published schemas, and keeps the house's rules."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from scrubber.stream.topics import load_topics
from tests.conftest import ROOT
from tests.deploy.render import (
    OVERLAYS,
    Manifest,
    custom_faults,
    is_custom,
    policy_faults,
    rendered,
    schema_faults,
)
from tools.write_manifests import DEPLOY, manifests


def of(overlay: str, kind: str, name: str) -> Manifest:
    """Return a resource of an overlay, for a test to change."""
    (found,) = (
        one for one in rendered(overlay) if one["kind"] == kind and one["metadata"]["name"] == name
    )
    return copy.deepcopy(found)


def test_what_is_generated_is_fresh() -> None:
    """`make manifests` would change nothing, and no dashboard is left over."""
    wanted = manifests()
    for path, text in wanted.items():
        assert path.read_text(encoding="utf-8") == text, f"{path}: run `make manifests`"
    assert {*DEPLOY.rglob("dashboards/*.json")} == {p for p in wanted if p.suffix == ".json"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_kubernetes_knows_every_key(overlay: str) -> None:
    """Nothing misspelt, nothing of a version that is gone."""
    faults = {
        f"{one['kind']} {one['metadata']['name']}": found
        for one in rendered(overlay)
        if not is_custom(one) and (found := schema_faults(one))
    }
    assert faults == {}


def test_a_misspelt_key_is_found() -> None:
    """The schema check can fail."""
    worker = of("production", "StatefulSet", "scrubber-worker")
    worker["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    assert schema_faults(worker)


def test_operators_know_every_key() -> None:
    """KEDA, Strimzi, Prometheus Operator and External Secrets, by the schemas they publish."""
    resources = [one for overlay in OVERLAYS for one in rendered(overlay) if is_custom(one)]
    assert {one["kind"] for one in resources} == {
        "ExternalSecret",
        "KafkaTopic",
        "KafkaUser",
        "PodMonitor",
        "PrometheusRule",
        "ScaledObject",
        "TriggerAuthentication",
    }
    assert custom_faults(resources) == ""


def test_a_wrong_value_in_an_operator_s_resource_is_found() -> None:
    """One for each operator, and a kind that nobody published."""
    wrong: list[tuple[str, str, str, Any]] = [
        ("ScaledObject", "scrubber-worker", "maxReplicaCount", "many"),
        ("KafkaTopic", "claims-clean", "partitions", "24"),
        ("PrometheusRule", "scrubber", "groups", {}),
        ("ExternalSecret", "scrubber-key", "data", "key"),
    ]
    broken = []
    for kind, name, key, value in wrong:
        broken.append(of("production", kind, name))
        broken[-1]["spec"][key] = value
    broken.append(of("production", "KafkaTopic", "claims-clean") | {"kind": "KafkaTopik"})
    lines = custom_faults(broken)
    for one in broken:
        assert f"{one['kind']} {one['metadata']['name']}: " in lines


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_workloads_keep_the_rules(overlay: str) -> None:
    """The restricted profile and ours, in every overlay."""
    faults = {
        f"{one['kind']} {one['metadata']['name']}": found
        for one in rendered(overlay)
        if (found := policy_faults(one))
    }
    assert faults == {}


def _pod(worker: Manifest) -> Manifest:
    pod: Manifest = worker["spec"]["template"]["spec"]
    return pod


def _container(worker: Manifest) -> Manifest:
    container: Manifest = _pod(worker)["containers"][0]
    return container


TRIPS: dict[str, Callable[[Manifest], object]] = {
    "mounts a token": lambda w: _pod(w).pop("automountServiceAccountToken"),
    "default account": lambda w: _pod(w).pop("serviceAccountName"),
    "Services' variables": lambda w: _pod(w).pop("enableServiceLinks"),
    "no seccomp profile": lambda w: _pod(w)["securityContext"].pop("seccompProfile"),
    "uses hostNetwork": lambda w: _pod(w).update(hostNetwork=True),
    "kind that is not allowed": lambda w: _pod(w)["volumes"].append(
        {"name": "host", "hostPath": {"path": "/"}}
    ),
    "may run as root": lambda w: _pod(w)["securityContext"].update(runAsUser=0),
    "may gain privileges": lambda w: _container(w)["securityContext"].pop(
        "allowPrivilegeEscalation"
    ),
    "is privileged": lambda w: _container(w)["securityContext"].update(privileged=True),
    "keeps capabilities": lambda w: _container(w)["securityContext"].pop("capabilities"),
    "may write its image": lambda w: _container(w)["securityContext"].pop("readOnlyRootFilesystem"),
    "no fixed tag": lambda w: _container(w).update(image="claims-scrubber:latest"),
    "requests no cpu": lambda w: _container(w)["resources"]["requests"].pop("cpu"),
    "no memory limit": lambda w: _container(w)["resources"]["limits"].pop("memory"),
    "has no probes": lambda w: _container(w).pop("startupProbe"),
}


@pytest.mark.parametrize("fault", TRIPS)
def test_each_rule_trips(fault: str) -> None:
    """A worker that breaks one rule is named for that one alone."""
    worker = of("production", "StatefulSet", "scrubber-worker")
    TRIPS[fault](worker)
    (found,) = policy_faults(worker)
    assert fault in found


def test_no_more_workers_than_partitions() -> None:
    """One that owns no partition would only cost money."""
    scaled = of("production", "ScaledObject", "scrubber-worker")["spec"]
    assert scaled["maxReplicaCount"] == load_topics()["claims-submitted"].partitions


def test_settings_in_manifests_are_settings() -> None:
    """A name that the worker does not know would keep it from starting."""
    known = {
        line.split("`")[1]
        for line in (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| `SCRUBBER_")
    }
    for overlay in OVERLAYS:
        worker = of(overlay, "StatefulSet", "scrubber-worker")
        names = {one["name"] for one in _container(worker)["env"]}
        for one in rendered(overlay):
            if one["kind"] == "ConfigMap" and "scrubber-settings" in one["metadata"]["name"]:
                names |= set(one["data"])
        assert {
            name.removesuffix("_FILE") if name not in known else name for name in names
        } <= known


def test_everything_is_denied_first() -> None:
    """Each pod is under a policy that names its peers."""
    for overlay in OVERLAYS:
        policies = [one for one in rendered(overlay) if one["kind"] == "NetworkPolicy"]
        denied = next(one for one in policies if one["metadata"]["name"] == "default-deny")
        assert denied["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
        for policy in policies:
            for rule in policy["spec"].get("egress", []) + policy["spec"].get("ingress", []):
                assert rule.get("to") or rule.get("from")
                assert rule["ports"]
