"""Alerts fire and stay silent as they should, and speak of metrics and pages that exist."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from scrubber.telemetry.metrics import METRICS
from tests.conftest import ROOT

MONITORING = ROOT / "deploy" / "monitoring"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((MONITORING / "rules.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
SERIES = {
    name
    for metric in METRICS
    for name in (
        [f"{metric.name}_{part}" for part in ("bucket", "count", "sum")]
        if metric.kind == "histogram"
        else [metric.name]
    )
}


def promtool(*arguments: str, cwd: Path = MONITORING) -> subprocess.CompletedProcess[str]:
    """Run Prometheus' own tool."""
    tool = shutil.which("promtool")
    assert tool, "promtool is not here: install Prometheus (Debian: prometheus), then `make test`"
    return subprocess.run(
        [tool, *arguments], cwd=cwd, capture_output=True, text=True, timeout=250, check=False
    )


def test_alerts_fire_and_stay_silent() -> None:
    """As rules.test.yaml says."""
    ran = promtool("test", "rules", "rules.test.yaml")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_an_alert_that_never_fires_is_found(tmp_path: Path) -> None:
    """The unit test of the rules can fail."""
    rules = (MONITORING / "rules.yaml").read_text(encoding="utf-8")
    assert '{state="stuck"}) > 0' in rules
    (tmp_path / "rules.yaml").write_text(
        rules.replace('{state="stuck"}) > 0', '{state="stuck"}) > 9')
    )
    tests = yaml.safe_load((MONITORING / "rules.test.yaml").read_text(encoding="utf-8"))
    tests["tests"] = [one for one in tests["tests"] if one["name"] == "ScrubberPartitionStuck"]
    (tmp_path / "one.yaml").write_text(yaml.safe_dump(tests))
    ran = promtool("test", "rules", "one.yaml", cwd=tmp_path)
    assert ran.returncode == 1
    assert "ScrubberPartitionStuck" in ran.stdout + ran.stderr


def test_every_alert_is_tested_both_ways() -> None:
    """Once firing and once in the healthy case."""
    tests = yaml.safe_load((MONITORING / "rules.test.yaml").read_text(encoding="utf-8"))["tests"]
    cases = [case for one in tests for case in one["alert_rule_test"]]
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == set(ALERTS)
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == set(ALERTS)


def queries() -> list[str]:
    """Return every query of rules and dashboards."""
    boards = yaml.safe_load((MONITORING / "dashboards.yaml").read_text(encoding="utf-8"))
    return [rule["expr"] for rule in RULES] + [
        panel["query"] for board in boards for panel in board["panels"]
    ]


@pytest.mark.parametrize("query", queries())
def test_queries_name_metrics_that_the_worker_has(query: str) -> None:
    """A misspelt name would be an alert that never fires, a panel that stays empty."""
    named = set(re.findall(r"\bscrubber[a-z0-9_:]*", query))
    assert named
    assert named <= SERIES | RECORDED


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_has_its_section(alert: str) -> None:
    """Who is woken finds what it means and what to do."""
    page, _, anchor = ALERTS[alert]["annotations"]["runbook"].partition("#")
    text = (ROOT / page).read_text(encoding="utf-8")
    assert anchor == alert.lower()
    section = text.partition(f"\n### {alert}\n")[2].partition("\n### ")[0]
    for part in ("**Means.**", "**Look.**", "**Do.**"):
        assert part in section, f"{page}: {alert} has no {part}"


def test_no_section_without_an_alert() -> None:
    """A page of an alert that is gone misleads."""
    text = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^### (Scrubber\w+)$", text, re.MULTILINE)) == set(ALERTS)


def test_each_rehearsal_that_the_runbook_names_is_there() -> None:
    """A command that selects no test would be found out at three in the morning."""
    text = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    named = re.findall(r"""make faults ARGS="-k '?([a-z_ ]+?)'?\"""", text)
    assert len(named) >= 8
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/faults", "--collect-only", "-q", "-m", ""],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=250,
        check=True,
    )
    tests = ran.stdout.splitlines()
    for word in (word for one in named for word in one.split(" or ")):
        assert any(word in test for test in tests), word
