"""The providers that a claim names, by role, and what is wrong with an NPI."""

from datetime import date

from scrubber.claim.model import NO_PROVIDER, Claim, Line
from scrubber.claim.npi import npi_fault
from scrubber.contracts.claim import Provider

#: Role, JSON Pointer, the provider, and the line that names it, if it is a line.
Named = tuple[str, str, Provider, tuple[Line, ...]]

_WORDS = {
    field: (role, f"/{field}")
    for field, role in (
        ("billing_provider", "billing"),
        ("rendering_provider", "rendering"),
        ("referring_provider", "referring"),
        ("ordering_provider", "ordering"),
        ("supervising_provider", "supervising"),
        ("attending_provider", "attending"),
        ("operating_provider", "operating"),
        ("service_facility", "service facility"),
    )
}

EVERY_FIELD = tuple(_WORDS)
LINE_FIELDS = ("rendering_provider", "ordering_provider")


def last_day(claim: Claim) -> date:
    """Return the last day of service, the claim's day where no line states one."""
    return max((line.service_to for line in claim.lines if line.service_to), default=claim.day)


def named(claim: Claim, fields: tuple[str, ...], line_fields: tuple[str, ...] = ()) -> list[Named]:
    """Return the providers of these fields, those of the claim before those of its lines."""
    found: list[Named] = []
    for field in fields:
        provider = getattr(claim, field)
        if provider is not NO_PROVIDER:
            role, at = _WORDS[field]
            found.append((role, at, provider, ()))
    for field in line_fields:
        for line in claim.lines:
            provider = getattr(line, field)
            if provider is not NO_PROVIDER:
                found.append((_WORDS[field][0], line.at(field), provider, (line,)))
    return found


def shown_fault(provider: Provider) -> str:
    """Return what to show of an NPI that is not valid, `""` for a valid one."""
    if not provider.npi:
        return "missing"
    return provider.npi if npi_fault(provider.npi) else ""
