"""A record that may end the process is tried while nothing else can."""

import asyncio

from scrubber.stream.turns import Turns


async def test_who_is_alone_waits_for_those_inside_and_keeps_others_out() -> None:
    """Batches go side by side before and after."""
    turns = Turns()
    order: list[str] = []

    async def alone() -> None:
        async with turns.alone():
            order.append("alone")
            await asyncio.sleep(0)
            order.append("done")

    async def batch(name: str) -> None:
        await turns.enter()
        order.append(name)

    await batch("first")
    await batch("second")
    waiting = [asyncio.create_task(alone()), asyncio.create_task(batch("third"))]
    for _ in range(3):
        await asyncio.sleep(0)
    assert order == ["first", "second"]
    turns.leave()
    await asyncio.sleep(0)
    assert order == ["first", "second"]
    turns.leave()
    await asyncio.gather(*waiting)
    assert order == ["first", "second", "alone", "done", "third"]
