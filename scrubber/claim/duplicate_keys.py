"""
Keys under which an identical line or claim is found again (Claims Processing Manual ch. 1, 120).

A key is an unkeyed digest of what must be equal; it is compared only within one patient's history.
"""

from hashlib import blake2b

from scrubber.claim.model import Claim, Line

KEY_BYTES = 16


def duplicate_keys(claim: Claim) -> tuple[str, ...]:
    """
    Return one key a line of a professional claim, one for the whole of an institutional claim.

    Equal keys mean: the same payer, member, provider, dates, place, codes with modifiers, units and
    charges; of an institutional claim the bill type, statement period, total and all its lines.
    """
    payer = claim.destination
    who = (payer.payer_id, payer.subscriber.member_id)
    if claim.type == "institutional":
        lines = sorted(
            "~".join(
                (line.revenue_code, line.procedure, *sorted(line.modifiers), str(line.service_from))
            )
            for line in claim.lines
        )
        return (
            _digest(
                *who,
                claim.type_of_bill,
                claim.billing_provider.npi,
                str(claim.statement_from),
                str(claim.statement_to),
                str(claim.total_charge),
                *lines,
            ),
        )
    return tuple(_line_key(line, *who) for line in claim.lines)


def _line_key(line: Line, *who: str) -> str:
    return _digest(
        *who,
        line.rendering_npi,
        str(line.service_from),
        str(line.service_to),
        line.procedure,
        *sorted(line.modifiers),
        line.place_of_service,
        "" if line.units is None else format(line.units.normalize(), "f"),
        "" if line.charge is None else format(line.charge.normalize(), "f"),
    )


def _digest(*parts: str) -> str:
    return blake2b("\x1f".join(parts).encode(), digest_size=KEY_BYTES).hexdigest()
