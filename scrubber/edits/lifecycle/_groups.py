"""Groups of codes that stand for one thing, and the lines that bill it."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from scrubber.claim.model import Claim, Line


class CodeGroup(BaseModel):
    """Codes that stand for one thing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    codes: tuple[str, ...]


Group = TypeVar("Group", bound=CodeGroup)


def codes_of(groups: tuple[CodeGroup, ...]) -> frozenset[str]:
    """Return the codes of all groups, by which most claims are told apart at once."""
    return frozenset(code for group in groups for code in group.codes)


def lines_of(
    claim: Claim, groups: tuple[Group, ...], codes: frozenset[str]
) -> list[tuple[Line, Group]]:
    """Return the dated lines with a code of a group, each with its group; `codes` are of all."""
    if codes.isdisjoint([line.procedure for line in claim.lines]):
        return []
    return [
        (line, group)
        for line in claim.lines
        for group in groups
        if line.procedure in group.codes and line.service_from
    ]
