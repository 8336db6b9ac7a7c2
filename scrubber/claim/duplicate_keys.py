"""
The key under which an identical hospital bill is found again (Claims Processing Manual ch. 1, 120).

A key is an unkeyed digest of what must be equal; it is compared only within one patient's history.
"""

from hashlib import blake2b

from scrubber.claim.model import Claim

KEY_BYTES = 8


def bill_key(claim: Claim) -> bytes:
    """
    Return what stands for the whole of an institutional claim.

    Equal keys mean: the same payer, member, provider, bill type, statement period and total, and
    on all lines the same revenue and procedure codes with modifiers and dates.
    """
    payer = claim.destination
    lines = sorted(
        "~".join(
            (line.revenue_code, line.procedure, *sorted(line.modifiers), str(line.service_from))
        )
        for line in claim.lines
    )
    total = claim.total_charge
    parts = (
        payer.payer_id,
        payer.subscriber.member_id,
        claim.type_of_bill,
        claim.billing_provider.npi,
        str(claim.statement_from),
        str(claim.statement_to),
        "" if total is None else format(total.normalize(), "f"),
        *lines,
    )
    return blake2b("\x1f".join(parts).encode(), digest_size=KEY_BYTES).digest()
