"""Which payer pack holds for a claim."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from scrubber.claim.model import Claim
from scrubber.claim.places import service_address
from scrubber.edits.edit import Edit
from scrubber.payers.document import Applies
from scrubber.payers.load import BASE, BUNDLED, pack_folders, read_packs
from scrubber.payers.pack import PayerPack

NOBODY = Applies()


class Shelved(NamedTuple):
    """A pack with what decides whether it holds."""

    payer: str
    since: date
    applies: Applies
    pack: PayerPack
    shadow: bool = False
    bundled: bool = False


class PackShelf:
    """All payer packs; `base` holds where no other does."""

    def __init__(self, packs: Iterable[Shelved]) -> None:
        """Keep the packs: who names payers first, then the user's, who asks more, the newest."""
        shelved = sorted(packs, key=lambda one: (one.payer, one.since), reverse=True)
        shelved.sort(key=_rank, reverse=True)
        self.base = next(one.pack for one in shelved if one.payer == BASE)
        held = [one for one in shelved if one.applies != NOBODY]
        self._packs: Sequence[Shelved] = [one for one in held if not one.shadow]
        self._shadows: Sequence[Shelved] = [one for one in held if one.shadow]

    def pack_for(self, claim: Claim) -> PayerPack:
        """Return the pack of the claim's destination that is in force on the claim's day."""
        return _first(self._packs, claim) or self.base

    def shadow_for(self, claim: Claim) -> PayerPack | None:
        """Return the pack that would hold if the packs in shadow did."""
        return _first(self._shadows, claim) if self._shadows else None


def _rank(one: Shelved) -> tuple[bool, bool, int]:
    applies = one.applies
    asked = (applies.states, applies.claim_types, applies.filing_indicators)
    return bool(applies.payer_ids), not one.bundled, sum(map(bool, asked))


def _first(packs: Sequence[Shelved], claim: Claim) -> PayerPack | None:
    payer = claim.destination
    for one in packs:
        applies = one.applies
        if (
            one.since <= claim.day
            and (not applies.payer_ids or payer.payer_id in applies.payer_ids)
            and (
                not applies.filing_indicators or payer.filing_indicator in applies.filing_indicators
            )
            and (not applies.claim_types or claim.type in applies.claim_types)
            and (not applies.states or service_address(claim).state in applies.states)
        ):
            return one.pack
    return None


def load_packs(directory: Path | None, edits: Sequence[Edit]) -> PackShelf:
    """
    Return the bundled packs and those of `directory`, which win over bundled ones of their name.

    Raises `PackError`, with every fault of every file.
    """
    return PackShelf(
        Shelved(
            one.document.payer,
            one.document.version,
            one.document.applies,
            one.pack,
            one.document.shadow,
            one.path.parent == BUNDLED,
        )
        for one in read_packs(pack_folders(directory), edits)
    )
