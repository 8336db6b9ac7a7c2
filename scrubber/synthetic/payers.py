"""Payers, subscribers and what a primary payer has paid."""

from random import Random

from scrubber.synthetic.people import Json, mbi

_PAYERS = {
    "medicare": ("05102", "MEDICARE", "MB"),
    "advantage": ("SYN16", "EXAMPLE ADVANTAGE PLAN", "16"),
    "medicaid": ("SYNMC", "EXAMPLE MEDICAID", "MC"),
    "commercial": ("SYNCI", "EXAMPLE HEALTH PLAN", "CI"),
    "blue": ("SYNBL", "EXAMPLE BLUE PLAN", "BL"),
}
_GROUP_NUMBERED = {"commercial", "blue", "advantage"}
WORKING_AGED = "12"  # insurance type code: aged beneficiary with an employer's plan


def payer(rng: Random, kind: str, claim_type: str, insured: Json) -> Json:
    """The entry of a primary payer of this kind, its subscriber being the patient."""
    payer_id, name, indicator = _PAYERS[kind]
    if kind == "medicare":
        member_id = mbi(rng)
        if claim_type == "institutional":
            indicator = "MA"
    else:
        member_id = f"{indicator}{100_000_000 + int(rng.random() * 900_000_000)}"
    entry = {
        "responsibility": "P",
        "payer_id": payer_id,
        "name": name,
        "filing_indicator": indicator,
        "relationship": "18",
        "subscriber": {"member_id": member_id, **insured, "address": dict(insured["address"])},
    }
    if kind in _GROUP_NUMBERED:
        entry["group_number"] = f"GRP{100 + int(rng.random() * 900)}"
    return entry


def money(cents: int) -> str:
    """An amount as the wire has it."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{cents // 100}.{cents % 100:02d}"


def cents(amount: str) -> int:
    """The amount of `money` in cents."""
    return int(amount.replace(".", ""))


def _split(rng: Random, charged: int) -> tuple[int, list[Json]]:
    """What was paid, and the contract reduction and patient share that make up the rest."""
    reduction = charged * (20 + int(rng.random() * 30)) // 100
    share = (charged - reduction) * 20 // 100
    adjustments = [
        {"group": "CO", "reason": "45", "amount": money(reduction)},
        {"group": "PR", "reason": "2", "amount": money(share)},
    ]
    return charged - reduction - share, adjustments


def adjudicate(rng: Random, claim: Json, remitted: str, *, by_line: bool) -> None:
    """The first payer has answered: each line (or the claim) is paid and adjusted to the cent."""
    primary = claim["payers"][0]
    primary["remittance_date"] = remitted
    if not by_line:
        paid, adjustments = _split(rng, cents(claim["total_charge"]))
        primary["adjustments"] = adjustments
        primary["paid_amount"] = money(paid)
        return
    total = 0
    for line in claim["lines"]:
        paid, adjustments = _split(rng, cents(line["charge"]))
        total += paid
        line["payer_adjudications"] = [
            {
                "responsibility": "P",
                "paid_amount": money(paid),
                "adjustments": adjustments,
                "remittance_date": remitted,
            }
        ]
    primary["paid_amount"] = money(total)
