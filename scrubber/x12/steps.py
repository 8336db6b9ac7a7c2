"""
From place to place through a guide's loops: each step is worked out once, and remembered.

How far a loop has been read is a `State`, how far all open ones have a `Stand`; neither ever
changes. What comes next is the same for each segment of the same id and qualifier, so a step, and
the `Move` that it comes to, are looked up by these. A loop is only gone through forwards, so of
what was filled only the places at the position reached still count.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from scrubber.x12.guide import Guide, Loop, Place
from scrubber.x12.patterns import pattern_of
from scrubber.x12.segments import Delimiters

MOST: Final = 50_000  # steps and states that are remembered: a file of noise has any number

Filled = frozenset[tuple[Place, int]]
KeyOf = Callable[[list[str]], str]


@dataclass(eq=False, slots=True)
class State:
    """
    A loop that has been read up to a position, and how often its places there were filled.

    `at_end` are the required places that are missing when it ends here.
    """

    loop: Loop
    position: int
    filled: Filled
    at_end: tuple[Place, ...]
    steps: "dict[str, Step]" = field(default_factory=dict)

    def has(self, place: Place) -> bool:
        """Tell whether a place at this position, or behind it, was filled."""
        return any(one is place for one, _ in self.filled)


@dataclass(eq=False, slots=True)
class Step:
    """
    A segment at its place: where the loop is then, and the loop that it opens.

    `missed` are required places that it leaves behind. `spent` says that the place was filled as
    often as it may be. A segment has no fault that has up to `reach` pieces and `matches`.
    """

    place: Place
    to: State
    inner: State | None
    missed: tuple[Place, ...]
    spent: bool
    reach: int
    matches: Callable[[str], object]


@dataclass(eq=False, slots=True)
class Stand:
    """The loops that are open, each as far as it has been read, the innermost last."""

    states: tuple[State, ...]
    moves: "dict[str, Move]" = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Move:
    """
    A segment at its place, where nothing is to be said of that: none is missed, spent or late.

    `depth` is that of its loop, and `turns` says that it closes loops or opens one.
    """

    place: Place
    to: Stand
    depth: int
    turns: bool
    reach: int
    matches: Callable[[str], object]


class Steps:
    """
    The steps of a guide in a file's delimiters, as far as they were gone.

    `remembered` is how many states and steps are kept, `moved` how many stands and moves; `keys`
    says by id what of a segment tells it from others.
    """

    def __init__(self, guide: Guide, delimiters: Delimiters) -> None:
        """Find out which elements tell segments of one id apart."""
        self._component = delimiters.component
        self._delimiters = delimiters
        self._matchers: dict[Place, tuple[int, Callable[[str], object]]] = {}
        told_by: dict[str, set[tuple[int, bool]]] = {}
        _qualifiers(guide.top, told_by)
        self.keys = {kind: _key_of(sorted(told), delimiters) for kind, told in told_by.items()}
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._states: dict[tuple[Loop, int, Filled], State] = {}
        self._stands: dict[tuple[State, ...], Stand] = {}
        self.remembered = 0
        self.moved = 0

    @property
    def full(self) -> bool:
        """No more steps are remembered."""
        return self.remembered >= MOST

    @property
    def far(self) -> bool:
        """No more moves are remembered: they are many more than steps where claims are long."""
        return self.moved >= MOST

    def start(self, loop: Loop) -> State:
        """Return a loop at its beginning."""
        return self._state(loop, 0, frozenset())

    def stand(self, stack: list[State]) -> Stand:
        """Return the stand that these states are."""
        states = tuple(stack)
        stand = self._stands.get(states)
        if stand is None:
            stand = Stand(states)
            if not self.far:
                self.moved += 1
                self._stands[states] = stand
        return stand

    def move(self, stand: Stand, key: str, depth: int, step: Step, to: Stand) -> None:
        """Remember that a step is a move."""
        if not self.far:
            self.moved += 1
            turns = step.inner is not None or depth < len(stand.states) - 1
            stand.moves[key] = Move(step.place, to, depth, turns, step.reach, step.matches)

    def fits(self, place: Place, elements: list[str]) -> bool:
        """Tell whether a segment of the place's id has its qualifier."""
        at = place.qualifier
        if not at:
            return True
        if at >= len(elements):
            return False
        value = elements[at]
        if place.in_composite:
            value = value.partition(self._component)[0]
        return value in place.codes

    def step(self, state: State, key: str, elements: list[str]) -> Step:
        """Return the step that a segment is from a state, `NOWHERE` for none."""
        step = self._found(state, elements)
        if not self.full:
            self.remembered += 1
            state.steps[key] = step
        return step

    def to(self, state: State, place: Place) -> Step:
        """Return the step to a place, be it behind the position."""
        loop, position, filled = state.loop, state.position, state.filled
        missed: tuple[Place, ...] = ()
        count = next((count for one, count in filled if one is place), 0)
        spent = 0 < place.most <= count and place.position >= position
        if place.position > position:
            missed = tuple(one for one in state.at_end if one.position < place.position)
            to = self._state(loop, place.position, frozenset(((place, 1),)))
        elif place.position == position:
            # Beyond its limit, or without one, it does not matter how often.
            count = min(count + 1, place.most or 1)
            others = {one for one in filled if one[0] is not place}
            to = self._state(loop, position, frozenset((*others, (place, count))))
        else:
            to = state
        inner = self.start(place.loop) if place.loop else None
        return Step(place, to, inner, missed, spent, *self._matcher(place))

    def _found(self, state: State, elements: list[str]) -> Step:
        spent = NOWHERE
        for place in state.loop.places.get(elements[0], ()):
            if place.position >= state.position and self.fits(place, elements):
                step = self.to(state, place)
                if not step.spent:
                    return step
                if spent is NOWHERE:
                    spent = step
        return spent

    def _state(self, loop: Loop, position: int, filled: Filled) -> State:
        state = self._states.get((loop, position, filled))
        if state is None:
            there = {place for place, _ in filled}
            at_end = tuple(
                one for one in loop.required if one.position >= position and one not in there
            )
            state = State(loop, position, filled, at_end)
            if not self.full:
                self.remembered += 1
                self._states[loop, position, filled] = state
        return state

    def _matcher(self, place: Place) -> tuple[int, Callable[[str], object]]:
        matcher = self._matchers.get(place)
        if matcher is None:
            pattern = pattern_of(place, self._delimiters)
            matcher = self._matchers[place] = pattern.reach, pattern.text.fullmatch
        return matcher


def steps_of(guide: Guide, delimiters: Delimiters) -> Steps:
    """Return the steps of a guide that were gone so far."""
    steps = _steps_of(guide, delimiters)
    if steps.full or steps.far:
        steps.forget()  # what a file of noise has left would slow all others down
    return steps


@lru_cache(maxsize=8)  # those of a sender are the same in each file
def _steps_of(guide: Guide, delimiters: Delimiters) -> Steps:
    return Steps(guide, delimiters)


def _qualifiers(loop: Loop, told_by: dict[str, set[tuple[int, bool]]]) -> None:
    for places in loop.places.values():
        for place in places:
            if place.qualifier:
                told_by.setdefault(place.id, set()).add((place.qualifier, place.in_composite))
            if place.loop:
                _qualifiers(place.loop, told_by)


def _key_of(told: list[tuple[int, bool]], delimiters: Delimiters) -> KeyOf:
    """Return what tells a segment from others: its id, and its qualifiers wherever they stand."""
    separator, component = delimiters.element, delimiters.component

    def of_element(elements: list[str]) -> str:
        if at < len(elements):
            return elements[0] + separator + elements[at]
        return elements[0]

    def of_all(elements: list[str]) -> str:
        return separator.join(
            [elements[0]]
            + [
                elements[at].partition(component)[0] if in_composite else elements[at]
                for at, in_composite in told
                if at < len(elements)
            ]
        )

    (at, in_composite), *others = told
    return of_all if others or in_composite else of_element


_NO_LOOP: Final = State(Loop(""), 0, frozenset(), ())
NOWHERE: Final = Step(
    Place("", required=False, position=0, most=0, elements=(), syntax=()),
    _NO_LOOP, None, (), spent=False, reach=0, matches=str,
)  # fmt: skip
