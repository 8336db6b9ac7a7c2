"""Manifests as kustomize renders them, and the findings of those who would read them."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

from tests.conftest import ROOT
from tests.deploy.kubectl import find_kubectl

DEPLOY = ROOT / "deploy"
OVERLAYS = ("local", "production")
KUBERNETES = "1.34"
CRD_SCHEMAS = ROOT / "tools" / "kubernetes"
CUSTOM = (".coreos.com/", ".strimzi.io/", "keda.sh/", "external-secrets.io/")
#: Its start script writes below /opt/kafka, and it is for trying things out.
WRITES_ITS_IMAGE = frozenset({"kafka"})

Manifest = dict[str, Any]


def kustomize(folder: Path) -> str:
    """Return what a folder renders to."""
    return subprocess.run(
        [find_kubectl(), "kustomize", str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout


@cache
def rendered(overlay: str) -> tuple[Manifest, ...]:
    """Return the resources of an overlay."""
    return tuple(yaml.safe_load_all(kustomize(DEPLOY / "overlays" / overlay)))


def is_custom(resource: Manifest) -> bool:
    """Tell a resource of an operator's from one of Kubernetes itself."""
    return any(group in resource["apiVersion"] for group in CUSTOM)


def schema_faults(resource: Manifest) -> list[str]:
    """Return what Kubernetes' own schema, unknown keys forbidden, says against a resource."""
    try:
        kubernetes_validate.validate(resource, KUBERNETES, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [f"{'.'.join(map(str, error.path))}: {error.message}"]
    return []


def custom_faults(resources: list[Manifest]) -> str:
    """Return what operators' published schemas say against their resources, a line each."""
    node = shutil.which("node")
    assert node, "node is not here: install Node.js 20 or later and npm, then `make test`"
    assert (CRD_SCHEMAS / "node_modules" / "installed").exists(), (
        "the operators' schemas are not here: install Node.js 20 and npm, then `make test`"
    )
    return subprocess.run(
        [node, str(CRD_SCHEMAS / "check.mjs")],
        input=json.dumps(resources),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    ).stdout


def pod_templates(resource: Manifest) -> list[Manifest]:
    """Return the pod template of a workload, as a list of one or none."""
    spec = resource.get("spec") or {}
    if resource["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return [spec["template"]] if "template" in spec and resource["kind"] != "ExternalSecret" else []


def policy_faults(resource: Manifest) -> list[str]:
    """
    Return where a workload breaks the house's rules.

    The Pod Security profile "restricted" (kubernetes.io, Pod Security Standards), and besides: a
    read-only root, a tag that is not latest, requests and a memory limit, probes on what runs for
    ever, an account of its own without a token.
    """
    faults = []
    for template in pod_templates(resource):
        pod = template["spec"]
        whole = pod.get("securityContext", {})
        faults += _pod_faults(resource, pod, whole)
        for container in pod["containers"] + pod.get("initContainers", []):
            faults += [
                f"{container['name']}: {fault}"
                for fault in _container_faults(resource, container, whole)
            ]
    return faults


def _pod_faults(resource: Manifest, pod: Manifest, whole: Manifest) -> list[str]:
    faults = []
    if pod.get("automountServiceAccountToken", True):
        faults.append("mounts a token of the API")
    if pod.get("serviceAccountName", "default") == "default":
        faults.append("has the default account")
    if pod.get("enableServiceLinks", True) and resource["kind"] != "Deployment":
        faults.append("takes Services' variables for settings")
    if whole.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        faults.append("has no seccomp profile")
    faults += [f"uses {key}" for key in ("hostNetwork", "hostPID", "hostIPC") if pod.get(key)]
    allowed = {"configMap", "secret", "emptyDir", "persistentVolumeClaim", "projected", "name"}
    faults += [
        f"volume {volume['name']} is of a kind that is not allowed"
        for volume in pod.get("volumes", [])
        if not set(volume) <= allowed
    ]
    return faults


def _container_faults(resource: Manifest, container: Manifest, whole: Manifest) -> list[str]:
    own = container.get("securityContext", {})
    image, _, tag = container["image"].rpartition(":")
    resources = container.get("resources", {})
    rules = {
        "may run as root": own.get("runAsNonRoot", whole.get("runAsNonRoot")) is not True
        or own.get("runAsUser", whole.get("runAsUser")) == 0,
        "may gain privileges": own.get("allowPrivilegeEscalation") is not False,
        "is privileged": own.get("privileged") is True,
        "keeps capabilities": own.get("capabilities", {}).get("drop") != ["ALL"],
        "may write its image": own.get("readOnlyRootFilesystem") is not True
        and container["name"] not in WRITES_ITS_IMAGE,
        "has no fixed tag": not image or tag == "latest",
        "requests no cpu or memory": set(resources.get("requests", {})) != {"cpu", "memory"},
        "has no memory limit": "memory" not in resources.get("limits", {}),
        "has no probes": resource["kind"] in {"Deployment", "StatefulSet"}
        and not {"livenessProbe", "readinessProbe", "startupProbe"} <= set(container),
    }
    return [fault for fault, broken in rules.items() if broken]
