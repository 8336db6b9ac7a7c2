"""Write docs/metrics.md from the table of metrics; a test holds it fresh."""

import sys
from pathlib import Path

from scrubber.telemetry.metrics import METRICS, Metric

PAGE = Path(__file__).parent.parent / "docs" / "metrics.md"

_HEAD = """# Metrics

`/metrics` of the stream worker, in Prometheus text format.
No label ever holds a value of a claim: each is from a closed set.

| Metric | Kind | Unit | Labels | What it is |
|---|---|---|---|---|
"""


def page() -> str:
    """Return the page."""
    return _HEAD + "".join(
        f"| `{one.name}` | {one.kind} | {one.unit} | {_labels(one)} | {one.what} |\n"
        for one in METRICS
    )


def _labels(one: Metric) -> str:
    return "; ".join(
        f"`{label}`: {', '.join(values) if isinstance(values, tuple) else values}"
        for label, values in one.labels.items()
    )


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
