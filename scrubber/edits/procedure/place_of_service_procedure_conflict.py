"""The place of service does not fit the kind of visit."""

from collections.abc import Callable
from datetime import date
from functools import cached_property, lru_cache

from pydantic import BaseModel, ConfigDict

from scrubber.claim.model import Claim, Line
from scrubber.edits.code_ranges import CodeRange, among
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.procedure._places import place_at
from scrubber.edits.verdict import PASS, Verdict, fail, no_data

ANYWHERE = frozenset[str]()


class UsualPlaces(BaseModel):
    """Codes, and the places where their visits happen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    codes: CodeRange
    places: tuple[str, ...]


class PlaceMap(Params):
    """Which visits happen where."""

    usual: tuple[UsualPlaces, ...] = (
        UsualPlaces(codes=("99221", "99223"), places=("21", "22", "51", "61")),
        UsualPlaces(codes=("99281", "99285"), places=("23",)),
        UsualPlaces(codes=("99304", "99310"), places=("31", "32")),
        UsualPlaces(codes=("99341", "99350"), places=("12", "13", "14", "16", "33", "55")),
    )
    """First and last code, and the places of service; without any the edit has no data."""

    @cached_property
    def places_of(self) -> Callable[[str], frozenset[str]]:
        """Return the places of a code; none when it may happen anywhere."""
        ranges = [(among((each.codes,)), frozenset(each.places)) for each in self.usual]

        @lru_cache(maxsize=16384)
        def look_up(code: str) -> frozenset[str]:
            return next((places for is_in, places in ranges if is_in(code)), ANYWHERE)

        return look_up


@line_edit(
    id="place-of-service-procedure-conflict",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=("lines[].procedure", "lines[].place_of_service", "place_of_service"),
    params=PlaceMap(),
    status_code=("A8:249",),
    carc=("5", "58"),
    source="Medicare Claims Processing Manual ch. 12 section 30.6, ch. 26 section 10.5",
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} is unusual at place {pos} (usual {places}).",
    fix="Correct the place or the visit code.",
)
def place_of_service_procedure_conflict(claim: Claim, line: Line, params: PlaceMap) -> Verdict:
    """
    The place of service does not fit the kind of visit.

    An emergency visit happens in an emergency room, a home visit at home. Elsewhere the place or
    the kind of visit is wrong, or the case is unusual: a person looks.
    """
    if not params.usual:
        return no_data("usual-places", line.day)
    places = params.places_of(line.procedure)
    if not places or not line.place_of_service or line.place_of_service in places:
        return PASS
    return fail(
        place_at(claim, line),
        line,
        line=line.number,
        procedure=line.procedure,
        pos=line.place_of_service,
        places=tuple(sorted(places)),
    )
