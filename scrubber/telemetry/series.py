"""What adds to a metric's series, found once: each look-up by its labels takes a lock."""

from collections.abc import Callable
from functools import cache, lru_cache

from prometheus_client import Counter

Add = Callable[[float], None]


@cache
def adder(metric: Counter, *labels: str) -> Add:
    """Return what adds to one series."""
    return metric.labels(*labels).inc


# Claims of a day often lack the same tables: what they count is looked up, and added, at once.
@lru_cache(maxsize=4096)
def adder_to_each(metric: Counter, series: tuple[tuple[str, ...], ...]) -> Add:
    """Return what adds to each of these series."""
    each = [adder(metric, *labels) for labels in series]

    def add(amount: float) -> None:
        for one in each:
            one(amount)

    return add
