"""
What an edit is: a function with its metadata, and the scope that says what it is called with.

| decorator | called with | once for each |
|---|---|---|
| `claim_edit` | claim, *tables, params | claim |
| `line_edit` | claim, line, *tables, params | line |
| `day_edit` | claim, lines, *tables, params | day of service, with the lines of that day |
| `line_pair_edit` | claim, line, other, row, params | pair that its `pairs` function proposes |
| `diagnosis_edit` | claim, diagnosis, first, last, params | diagnosis; ICD-10-CM of both dates |
| `history_edit` | claim, prior, params | claim, with what is known of earlier ones |
| `closing_edit` | claim, results, params | claim, after all others |
| `event_edit` | the decoder's complaint | complaint; no other edit runs on the event |

`tables` are the views of `data` in force on the day concerned, in the order of `data`. Where one
of them has no edition, the engine answers no_data and the edit is not called, unless the edit says
`partial_data`: then it is called with `None` in that place. `params` is passed only to an edit
that declares them. `pairs` (claim, lines of a day, *tables, params) returns what it `Proposed`:
`(line, other, row)` and `NoData`; edits that share it share its work where their tables and params
are equal.

`when` names what must be there for the edit to be asked at all: an attribute of the claim
(`claim.is_medicare`), or of the line or diagnosis at hand (`line.modifiers`); a day or a pair is
asked about when one line of the day has it. It saves calls and decides nothing: without it the
edit, called all the same, passes by itself, and a test holds that.

An edit reads the attributes of a claim, or of what stands for one
(`scrubber/pipeline/recall.py`), and keeps nothing from one claim to the next. Each edit is put to
up to `TOGETHER` claims before the next one: what several edits share of a claim or a day is found
once for all of them in a cache of twice that size.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NotRequired, Protocol, TypedDict, Unpack

from pydantic import BaseModel, ConfigDict

from scrubber.claim.model import Claim, Diagnosis, Line
from scrubber.contracts.claim import ClaimType
from scrubber.edits.verdict import Severity

Scope = Literal["event", "claim", "line", "day", "line_pair", "diagnosis", "history", "closing"]
Status = Literal["preview", "active", "retired"]
EditFunction = Callable[..., Any]

#: Claims that each edit is put to before the next; with more they leave the processor's cache.
TOGETHER = 64

EVERY_TYPE: tuple[ClaimType, ...] = ("professional", "institutional", "dental")

_CLAIM: dict[str, type] = {"claim": Claim}
_WITH_LINES = _CLAIM | {"line": Line}
#: What `when` may speak of, by scope.
_CONCERNS: dict[Scope, dict[str, type]] = {
    "event": {},
    "claim": _CLAIM,
    "line": _WITH_LINES,
    "day": _WITH_LINES,
    "line_pair": _WITH_LINES,
    "diagnosis": _CLAIM | {"diagnosis": Diagnosis},
    "history": _CLAIM,
    "closing": _CLAIM,
}


class Params(BaseModel):
    """Thresholds of one edit: defaults here, other values in payer packs."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """One edit; the keys are those of the catalogue (see the contract for severities)."""

    id: str
    function: EditFunction
    scope: Scope
    title: str
    severity: Severity
    status: Status
    added: str
    applies_to: tuple[ClaimType, ...]
    fields: tuple[str, ...]
    source: str
    checked: date
    message: str
    fix: str
    since: date | None = None
    until: date | None = None
    status_code: tuple[str, ...] = ()
    carc: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    partial_data: bool = False
    can_bypass: bool = False
    params: Params | None = None
    pairs: EditFunction | None = None
    when: tuple[str, ...] = ()
    family: str = ""

    def in_force(self, day: date) -> bool:
        """Tell whether the edit exists for services of that day."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


class _Metadata(TypedDict):
    id: str
    severity: Severity
    status: Status
    added: str
    applies_to: tuple[ClaimType, ...]
    fields: tuple[str, ...]
    source: str
    checked: date
    message: str
    fix: str
    since: NotRequired[date]
    until: NotRequired[date]
    status_code: NotRequired[tuple[str, ...]]
    carc: NotRequired[tuple[str, ...]]
    data: NotRequired[tuple[str, ...]]
    partial_data: NotRequired[bool]
    can_bypass: NotRequired[bool]
    params: NotRequired[Params]
    pairs: NotRequired[EditFunction]
    when: NotRequired[tuple[str, ...]]


class _Decorator(Protocol):
    def __call__(self, **metadata: Unpack[_Metadata]) -> Callable[[EditFunction], Edit]: ...


def _decorator(scope: Scope) -> _Decorator:
    def declare(**metadata: Unpack[_Metadata]) -> Callable[[EditFunction], Edit]:
        def build(function: EditFunction) -> Edit:
            _check_when(scope, metadata.get("when", ()))
            title = (function.__doc__ or "").strip().splitlines()[0].rstrip(".")
            family = function.__module__.split(".")[-2]
            return Edit(function=function, scope=scope, title=title, family=family, **metadata)

        return build

    return declare


def _check_when(scope: Scope, when: tuple[str, ...]) -> None:
    named = [one.partition(".")[::2] for one in when]
    structs = [_CONCERNS[scope].get(of) for of, _ in named]
    if len(set(structs)) < len(when) or not all(map(hasattr, structs, [name for _, name in named])):
        message = f"a {scope} edit cannot be asked by when={when!r}"
        raise TypeError(message)


event_edit = _decorator("event")
claim_edit = _decorator("claim")
line_edit = _decorator("line")
day_edit = _decorator("day")
line_pair_edit = _decorator("line_pair")
diagnosis_edit = _decorator("diagnosis")
history_edit = _decorator("history")
closing_edit = _decorator("closing")
