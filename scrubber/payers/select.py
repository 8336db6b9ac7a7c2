"""Which payer pack holds for a claim."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from scrubber.claim.model import Claim
from scrubber.edits.edit import Edit
from scrubber.payers.document import Applies
from scrubber.payers.load import BUNDLED, PackError, load_pack
from scrubber.payers.pack import PayerPack


class Shelved(NamedTuple):
    """A pack with what decides whether it holds."""

    payer: str
    since: date
    applies: Applies
    pack: PayerPack


class PackShelf:
    """All payer packs; `base` holds where no other does."""

    def __init__(self, packs: Iterable[Shelved]) -> None:
        """Keep the packs: those that name payers before those that name kinds, newest first."""
        shelved = sorted(packs, key=lambda one: (one.payer, one.since), reverse=True)
        shelved.sort(key=lambda one: not one.applies.payer_ids)
        self.base = next(one.pack for one in shelved if one.payer == "base")
        self._packs: Sequence[Shelved] = [one for one in shelved if one.payer != "base"]

    def pack_for(self, claim: Claim) -> PayerPack:
        """Return the pack of the claim's destination that is in force on the claim's day."""
        payer = claim.destination
        for one in self._packs:
            applies = one.applies
            if (
                one.since <= claim.day
                and (not applies.payer_ids or payer.payer_id in applies.payer_ids)
                and (
                    not applies.filing_indicators
                    or payer.filing_indicator in applies.filing_indicators
                )
                and (not applies.claim_types or claim.type in applies.claim_types)
            ):
                return one.pack
        return self.base


def load_packs(directory: Path | None, edits: Sequence[Edit]) -> PackShelf:
    """
    Return the bundled packs and those of `directory`, which win over bundled ones of their name.

    Raises `YamlError` or `PackError`, the latter also when two files hold one payer's version.
    """
    packs: dict[tuple[str, date], Shelved] = {}
    faults: list[str] = []
    for folder in (BUNDLED, directory):
        seen: dict[tuple[str, date], Path] = {}
        for path in sorted(folder.glob("*.yaml")) if folder else ():
            document, pack = load_pack(path, edits)
            key = (document.payer, document.version)
            if key in seen:
                faults.append(f"{path}: {pack.name} is already in {seen[key]}; give it a version")
            seen[key] = path
            packs[key] = Shelved(document.payer, document.version, document.applies, pack)
    if faults:
        raise PackError(tuple(faults))
    return PackShelf(packs.values())
