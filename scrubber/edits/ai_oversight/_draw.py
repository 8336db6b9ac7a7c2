"""Who is drawn: a keyed hash of the encounter decides, so that a replay draws the same."""

import hmac
from functools import lru_cache

from scrubber.claim.model import Claim
from scrubber.edits.edit import Params

WHOLE = 1 << 64


class Draw(Params):
    """What draws by chance, and can be drawn again by whoever is told the seed of the month."""

    secret: bytes = b""
    """Key of the months' seeds; the setting `SCRUBBER_SAMPLING_SECRET`, never a pack's."""


def period(claim: Claim) -> str:
    """Return the month in which the claim was submitted (UTC), as in `2026-11`."""
    return f"{claim.received:%Y-%m}"


@lru_cache(maxsize=1024)
def seed(secret: bytes, month: str, salt: str) -> bytes:
    """
    Return the seed of a month, in hexadecimal digits: what is published when the month is over.

    Draws for another purpose have a salt of their own, so that one does not foretell the other.
    """
    message = f"{month}/{salt}" if salt else month
    return hmac.digest(secret, message.encode(), "sha256").hex().encode()


def drawn(claim: Claim, share: float, secret: bytes, salt: str = "") -> bool:
    """Tell whether the claim's encounter, else its submission, is in the share."""
    unit = claim.coding.encounter_id or claim.submission_id
    digest = hmac.digest(seed(secret, period(claim), salt), unit.encode(), "sha256")
    return int.from_bytes(digest[:8]) < share * WHOLE
