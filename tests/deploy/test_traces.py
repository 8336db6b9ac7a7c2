"""The component for traces, which no overlay takes by itself, fits the production overlay."""

import os
from pathlib import Path

import yaml

from scrubber.pipeline.settings import KNOWN
from tests.deploy.render import DEPLOY, kustomize, policy_faults, rendered, schema_faults


def test_traces_add_a_setting_and_a_way_out(tmp_path: Path) -> None:
    """And change nothing else."""
    (tmp_path / "kustomization.yaml").write_text(
        yaml.safe_dump(
            {
                "apiVersion": "kustomize.config.k8s.io/v1beta1",
                "kind": "Kustomization",
                "namespace": "claims",
                "resources": [os.path.relpath(DEPLOY / "overlays" / "production", tmp_path)],
                "components": [os.path.relpath(DEPLOY / "components" / "traces", tmp_path)],
            }
        )
    )
    resources = list(yaml.safe_load_all(kustomize(tmp_path)))
    added = {(one["kind"], one["metadata"]["name"]) for one in resources} - {
        (one["kind"], one["metadata"]["name"]) for one in rendered("production")
    }
    (settings,) = [one for one in resources if ("ConfigMap", one["metadata"]["name"]) in added]
    (policy,) = [one for one in resources if ("NetworkPolicy", one["metadata"]["name"]) in added]
    assert len(added) == 2  # the settings by the hash in their name
    assert settings["data"]["SCRUBBER_TRACES_ENDPOINT"].endswith(":4318/v1/traces")
    assert set(settings["data"]) <= set(KNOWN)
    assert policy["metadata"]["namespace"] == "claims"
    assert policy["spec"]["egress"][0]["ports"] == [{"protocol": "TCP", "port": 4318}]
    for one in (settings, policy):
        assert schema_faults(one) == policy_faults(one) == []
