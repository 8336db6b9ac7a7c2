"""Which payer pack holds for a claim."""

from scrubber.claim.model import Claim
from scrubber.payers.pack import PayerPack


class PackShelf:
    """All payer packs; `base` holds where no other does."""

    def __init__(self, base: PayerPack) -> None:
        """Keep the packs."""
        self.base = base

    def pack_for(self, claim: Claim) -> PayerPack:
        """Return the pack of the claim's destination."""
        return self.base
