"""A service that needs prior authorization has no number."""

from collections.abc import Callable
from datetime import date
from functools import cached_property, lru_cache

from pydantic import BaseModel, ConfigDict

from scrubber.claim.model import Claim, Line
from scrubber.contracts.values import Day
from scrubber.edits.edit import EVERY_TYPE, Params, line_edit
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail, no_data

EMERGENCY = "ET"


class AuthorizedService(BaseModel):
    """Services that a payer pays only when it was asked before; an empty list asks nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: str
    last: str = ""
    """End of a range of codes, which is included; without it the first alone."""
    places: tuple[str, ...] = ()
    revenue_codes: tuple[str, ...] = ()
    bill_types: tuple[str, ...] = ()
    """The second and third character of the bill type."""
    since: Day | None = None
    until: Day | None = None

    def asks_of(self, claim: Claim, line: Line) -> bool:
        """Tell whether a line with one of the codes needs an authorization."""
        return (
            (not self.places or line.place_of_service in self.places)
            and (not self.revenue_codes or line.revenue_code in self.revenue_codes)
            and (not self.bill_types or claim.bill_type[1:3] in self.bill_types)
            and (self.since is None or self.since <= line.day)
            and (self.until is None or line.day <= self.until)
        )


class Authorizations(Params):
    """What the payer wants to be asked for."""

    services: tuple[AuthorizedService, ...] | None = None
    """The payer's list; an empty one says that there is none, no list that
    nobody looked."""
    emergency_places: tuple[str, ...] = ("23",)
    """Places of service of emergencies, for which no payer may ask it."""
    emergency_revenue_codes: tuple[str, ...] = ("0450", "0451", "0452", "0456", "0459")
    """The same by revenue code, for all services of the day."""

    @cached_property
    def entries(self) -> Callable[[str], tuple[AuthorizedService, ...]]:
        """The entries for a code, found once for each."""
        services = self.services or ()

        @lru_cache(maxsize=16384)
        def of(code: str) -> tuple[AuthorizedService, ...]:
            return tuple(
                one
                for one in services
                if one.first <= code <= (one.last or one.first) and len(code) == len(one.first)
            )

        return of


def _emergency(claim: Claim, line: Line, params: Authorizations) -> str:
    """Return what makes the service an emergency, `""` when nothing does."""
    if line.place_of_service in params.emergency_places:
        return f"place of service {line.place_of_service} on line {line.number}"
    if EMERGENCY in line.modifiers:
        return f"modifier {EMERGENCY} on line {line.number}"
    for day, lines in claim.by_day:
        if day == line.day:
            for one in lines:
                if one.revenue_code in params.emergency_revenue_codes:
                    return f"revenue code {one.revenue_code} on line {one.number}"
    return ""


@line_edit(
    id="prior-authorization-missing",
    severity="review",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=(
        "lines[].procedure",
        "lines[].prior_authorization",
        "payers[].prior_authorization",
        "payers[].payer_id",
        "lines[].service_from",
        "place_of_service",
    ),
    can_bypass=True,
    params=Authorizations(),
    status_code=("A6:252",),
    carc=("197",),
    source="837P/837I 2300 REF*G1, 2400 REF*G1; payer authorization lists",
    checked=date(2026, 11, 26),
    message="Line {line}: payer {payer_id} wants an authorization for {procedure}.",
    fix="Get or enter the authorization number before billing.",
)
def prior_authorization_missing(claim: Claim, line: Line, params: Authorizations) -> Verdict:
    """
    A service that needs prior authorization has no number.

    Payers publish lists of services that they pay only when they were asked before. Whether a
    number that is there is the right one, the payer alone knows. Emergencies need none (42 USC
    300gg-111 for health plans, 42 CFR 422.113 and 438.114 for Medicare Advantage and Medicaid).
    """
    if params.services is None:
        return no_data("payer-profile", line.day)
    if not (
        params.services and any(one.asks_of(claim, line) for one in params.entries(line.procedure))
    ):
        return PASS
    if line.prior_authorization or claim.destination.prior_authorization:
        return PASS
    if emergency := _emergency(claim, line, params):
        return bypassed(emergency, line)
    return fail(
        line.at("prior_authorization"),
        line,
        line=line.number,
        payer_id=claim.destination.payer_id or "the payer",
        procedure=line.procedure,
    )
