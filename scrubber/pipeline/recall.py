"""
What codes settle: where an edit looked at nothing else, it need not look again.

When the edits of a claim, a line or a diagnosis meet the same codes for the second time, each gets
the claim, and the part of it, through a `Reader` that notes what is read. One that passes, or
lacks data, and has read nothing but codes would say so wherever these codes are; from then on only
the others are asked. Nothing is declared for it: an edit that reads more is asked each time.

The codes are those that come again and again: no person, identifier, date, amount or count.
"""

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from operator import attrgetter
from typing import Any, ClassVar, Final, NamedTuple
from weakref import WeakSet

from scrubber.claim.model import NO_PATIENT, NO_PAYER, NO_PROVIDER, Claim
from scrubber.edits.edit import Edit
from scrubber.edits.results import Lacks
from scrubber.edits.verdict import PASS, NoData
from scrubber.pipeline.asked import Asked, Group, Groups

MOST_CODES = 65_536  # about 20 MB, however many plans and days there are


class _There:
    """Stands for a value of which only that it is there is known; all that asks for more fails."""

    def __eq__(self, other: object) -> bool:
        """Refuse."""
        raise TypeError

    def __str__(self) -> str:
        """Refuse."""
        raise TypeError

    __hash__ = None  # type: ignore[assignment]


class _TheDay(_There):
    """Stands for the day, whichever it is: a table of it can be lacked, and nothing else."""

    __hash__ = object.__hash__  # type: ignore[assignment]


_THERE: Final = _There()
_THE_DAY: Final = _TheDay()
#: What a reader tells of an attribute: its value, or only whether there is one (of no number:
#: zero is there, and is not true), or, of a struct, what it tells of the attributes of it.
_CODE: Final = "code"
_WHETHER: Final = "whether"

#: Of a claim, what the edits of its lines and diagnoses may read; `type` is the plan's own.
_BESIDE_PARTS: Mapping[str, Any] = {
    "type": _CODE,
    "is_medicare": _CODE,
    "is_inpatient": _CODE,
    "is_dme": _CODE,
    "predetermination": _CODE,
    "bill_type": _CODE,
    "destination": {
        "filing_indicator": _CODE,
        "marked_destination": _CODE,
        "responsibility": _CODE,
    },
    "patient": {"birth_date": _WHETHER, "death_date": _WHETHER},
    "rendering_provider": {},
}


def codes_beside_parts(claim: Claim) -> Hashable:
    """Return the values of `_BESIDE_PARTS`."""
    return (
        claim.is_medicare,
        claim.is_inpatient,
        claim.is_dme,
        claim.predetermination,
        claim.bill_type,
        claim.destination.filing_indicator,
        claim.destination.marked_destination,
        claim.destination.responsibility,
        claim.destination is NO_PAYER,
        claim.patient.birth_date is None,
        claim.patient.death_date is None,
        claim.patient is NO_PATIENT,
        claim.rendering_provider is NO_PROVIDER,
    )


class Codes(NamedTuple):
    """What may be read of a claim or of a part of it, and the function that returns the values."""

    readable: Mapping[str, Any]
    of: Callable[[Any], Hashable]


LINE_CODES = Codes(
    {
        "procedure": _CODE,
        "qualifier": _CODE,
        "modifiers": _CODE,
        "revenue_code": _CODE,
        "unit_type": _CODE,
        "place_of_service": _CODE,
        "day": _THE_DAY,
        "service_from": _WHETHER,
        "description": _WHETHER,
        "ndc": _WHETHER,
        "prior_authorization": _WHETHER,
    },
    lambda line: (
        line.procedure,
        line.qualifier,
        line.modifiers,
        line.revenue_code,
        line.unit_type,
        line.place_of_service,
        line.service_from is None,
        line.description == "",
        line.ndc is None,
        line.prior_authorization == "",
    ),
)
DIAGNOSIS_CODES = Codes(
    {
        "code": _CODE,
        "code_system": _CODE,
        "role": _CODE,
        "present_on_admission": _CODE,
    },
    attrgetter("code", "code_system", "role", "present_on_admission"),
)
#: Of the claim itself, for edits that look at it alone; the function leaves `_BESIDE_PARTS` out.
CLAIM_CODES = Codes(
    {
        **_BESIDE_PARTS,
        "day": _THE_DAY,
        "is_ai_coded": _CODE,
        "is_adjudicated": _CODE,
        "is_plain": _CODE,
        "claim_frequency_code": _CODE,
        "place_of_service": _CODE,
        "type_of_bill": _CODE,
        "claim_or_encounter": _CODE,
        "accept_assignment": _CODE,
        "release_of_information": _CODE,
        "benefits_assigned": _CODE,
        "related_causes": _CODE,
        "condition_codes": _CODE,
        "accident_date": _WHETHER,
        "onset_date": _WHETHER,
        "payer_claim_control_number": _WHETHER,
        "billing_provider": {
            "npi": _WHETHER,
            "taxonomy": _WHETHER,
            "organization_name": _WHETHER,
            "last_name": _WHETHER,
        },
        "attending_provider": {},
        "operating_provider": {},
        "service_facility": {},
        "admission": {"type": _CODE, "source": _CODE, "discharge_status": _CODE},
    },
    lambda claim: (
        claim.is_ai_coded,
        claim.is_adjudicated,
        claim.is_plain,
        claim.claim_frequency_code,
        claim.place_of_service,
        claim.type_of_bill,
        claim.claim_or_encounter,
        claim.accept_assignment,
        claim.release_of_information,
        claim.benefits_assigned,
        claim.related_causes,
        claim.condition_codes,
        claim.accident_date is None,
        claim.onset_date is None,
        claim.payer_claim_control_number == "",
        claim.billing_provider.npi == "",
        claim.billing_provider.taxonomy == "",
        claim.billing_provider.organization_name == "",
        claim.billing_provider.last_name == "",
        claim.billing_provider is NO_PROVIDER,
        claim.attending_provider is NO_PROVIDER,
        claim.operating_provider is NO_PROVIDER,
        claim.service_facility is NO_PROVIDER,
        claim.admission.type,
        claim.admission.source,
        claim.admission.discharge_status,
    ),
)


class Reader:
    """
    A claim or a part of it for an edit to read; `beyond` gets what is read of it that is no code.

    It hands out the real values, or what stands for them, so that an edit does exactly what it
    would do without it, or fails.
    """

    __slots__ = ("_beyond", "_of", "_readable")

    def __init__(self, of: Any, readable: Mapping[str, Any], beyond: list[str]) -> None:
        """Keep the parts."""
        self._of = of
        self._readable = readable
        self._beyond = beyond

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """The class of what is read, for whoever asks for it."""
        return type(self._of)

    def __getattr__(self, name: str) -> Any:
        """Return the attribute, or what stands for it."""
        value = getattr(self._of, name)
        told = self._readable.get(name)
        if told is _CODE:
            return value
        if told is _WHETHER:
            return _THERE if value else value
        if told is _THE_DAY:
            return told
        if told is None:
            self._beyond.append(name)
            return value
        nobody = value is NO_PROVIDER or value is NO_PATIENT or value is NO_PAYER
        return value if nobody else Reader(value, told, self._beyond)


class Settled:
    """What is left to ask where the codes are the same, and what the others lack on the day."""

    __slots__ = ("groups", "lacks")

    def __init__(self, groups: Groups, lacks: Lacks) -> None:
        """Keep the parts."""
        self.groups = groups
        self.lacks = lacks


class Recall:
    """What is left to ask of some edits, by the codes of the claim and of the part of it."""

    __slots__ = ("__weakref__", "_codes", "_groups", "_known", "_results", "unsettled")

    _all: ClassVar[WeakSet["Recall"]] = WeakSet()
    _codes_known: ClassVar[int] = 0

    def __init__(self, groups: Groups, codes: Codes) -> None:
        """Begin with nothing settled."""
        self.unsettled = Settled(groups, frozenset())
        self._groups = groups
        self._codes = codes
        self._known: dict[Hashable, dict[Hashable, Settled]] = {}
        self._results: dict[Hashable, Settled] = {}
        Recall._all.add(self)

    def of_claim(self, codes: Hashable) -> dict[Hashable, Settled]:
        """Return what is left to ask by the codes of the part, where the claim has these."""
        known = self._known.get(codes)
        if known is None:
            known = self._known[codes] = {}
        return known

    def meet(
        self, codes: Hashable, known: dict[Hashable, Settled], day: date, *about: Any
    ) -> Settled:
        """
        Return what is left to ask of codes not settled: all at first, the second time less.

        `about` is what the edits are asked with, `day` the day whose rules hold for it.
        """
        if codes in known:
            known[codes] = self._settle(day, about)
        else:
            if Recall._codes_known >= MOST_CODES:
                Recall.forget()
            Recall._codes_known += 1
            known[codes] = self.unsettled
        return known[codes]

    @classmethod
    def forget(cls) -> None:
        """Begin again, in all plans: rather that than grow."""
        for one in cls._all:
            one.clear()
        cls._codes_known = 0

    def clear(self) -> None:
        """Begin again."""
        self._known.clear()
        self._results.clear()

    def _settle(self, day: date, about: tuple[Any, ...]) -> Settled:
        left: list[Asked] = []
        untold: list[Group] = []
        lacks: set[tuple[Edit, str]] = set()
        for group in self._groups:
            asked = self._is_asked(group, about)
            if asked is None:
                untold.append(group)
            elif asked:
                left += [one for one in group.edits if not self._is_settled(one, day, about, lacks)]
        # Few results for many codes: they are kept once.
        key = (tuple(map(id, left)), tuple(map(id, untold)), frozenset(lacks))
        if key not in self._results:
            groups = (*untold, Group(None, None, tuple(left))) if left else tuple(untold)
            self._results[key] = Settled(groups, key[2])
        return self._results[key]

    def _is_asked(self, group: Group, about: tuple[Any, ...]) -> bool | None:
        """Tell whether the codes say that the group is asked; `None`: they do not say it."""
        beyond: list[str] = []
        claim, *part = self._readers(about, beyond)
        asked = (group.of_claim is None or group.of_claim(claim)) and (
            group.of_part is None or group.of_part(part[0])
        )
        return None if beyond else bool(asked)

    def _is_settled(
        self, asked: Asked, day: date, about: tuple[Any, ...], lacks: set[tuple[Edit, str]]
    ) -> bool:
        """Tell whether the edit answers by the codes alone; what it lacks is added to `lacks`."""
        call, bound = asked
        beyond: list[str] = []
        try:
            # New readers each time: what a helper remembers of them is remembered for one edit.
            verdict = call(*self._readers(about, beyond))
        except Exception:  # noqa: BLE001 (whatever it is, the edit is asked again)
            return False
        if beyond:
            return False
        if verdict.__class__ is NoData and (isinstance(verdict.day, _TheDay) or verdict.day == day):
            lacks.add((bound.edit, verdict.kind))
            return True
        return verdict is PASS

    def _readers(self, about: tuple[Any, ...], beyond: list[str]) -> tuple[Any, ...]:
        claim, *parts = about
        if not parts:
            return (Reader(claim, self._codes.readable, beyond),)
        part, *tables = parts
        reader = Reader(part, self._codes.readable, beyond)
        return (Reader(claim, _BESIDE_PARTS, beyond), reader, *tables)
