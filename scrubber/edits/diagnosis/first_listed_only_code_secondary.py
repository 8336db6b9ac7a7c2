"""A code that may only stand first is listed as an additional diagnosis."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import Params, claim_edit
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail, no_data, several


class FirstListed(Params):
    """Beginnings of the codes that may only stand first, without dots."""

    prefixes: tuple[str, ...] = (
        "Z00", "Z01", "Z02", "Z04", "Z3181", "Z3183", "Z3184", "Z332", "Z34", "Z38", "Z39", "Z40",
        "Z42", "Z510", "Z511", "Z52", "Z761", "Z762", "Z9912",
    )  # fmt: skip
    """Guidelines I.C.21.c.16."""
    exceptions: tuple[str, ...] = ("Z006", "Z529")
    """What the list takes out again."""


@claim_edit(
    id="first-listed-only-code-secondary",
    severity="warn",
    status="preview",
    added="0.1.0",
    applies_to=("professional",),
    fields=("diagnoses[].code", "diagnoses[].role"),
    can_bypass=True,
    params=FirstListed(),
    source="ICD-10-CM Guidelines I.C.21.c.16",
    checked=date(2026, 11, 26),
    message="Code {code} may only be first-listed.",
    fix="Move it to the first position or drop it.",
)
def first_listed_only_code_secondary(claim: Claim, params: FirstListed) -> Verdict:
    """
    A code that may only stand first is listed as an additional diagnosis.

    Each of them is the reason for an encounter. Two may stand together when two encounters of a
    day are reported as one.
    """
    second = [one for one in claim.diagnoses if one.code[:1] == "Z" and one is not claim.principal]
    if not second:
        return PASS
    if not params.prefixes:
        return no_data("payer-profile", claim.day)
    found = [one for one in second if _only_first(one.code, params)]
    if found and claim.principal is not None and _only_first(claim.principal.code, params):
        return bypassed(f"{claim.principal.code} stands first: two encounters of one day")
    return several([fail(one.at("code"), code=one.code) for one in found])


def _only_first(code: str, params: FirstListed) -> bool:
    return code.startswith(params.prefixes) and not code.startswith(params.exceptions)
