"""
What became of each submission: the memory by which a repeated one is answered once.

An entry outlives the retention of the inputs, so a record that can still be read is still known.
"""

from typing import Final

import msgspec

DAYS: Final = 45  # the longest retention of an input, a third more
_OFFSET_BYTES: Final = 8


class Submission(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """
    One submission's latest outcome.

    `content` is a digest of the claim's bytes. `decisions` are digests of the decisions taken.
    The last three are kept for claims in review only: what a corrected claim takes over from the
    event, all but the claim.
    """

    content: bytes
    patient_key: str
    disposition: str
    outcome_id: str
    revision: int = 0
    decisions: tuple[bytes, ...] = ()
    submitted_at: str = ""
    submitter_id: str = ""
    test: bool = False


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Submission)


def key_of(submission_id: str) -> bytes:
    """Return the state key of a submission."""
    return b"s:" + submission_id.encode()


def encode(submission: Submission) -> bytes:
    """Return the entry; its last eight bytes are room for the outcome's offset in its topic."""
    return _ENCODER.encode(submission) + bytes(_OFFSET_BYTES)


def decode(value: bytes) -> tuple[Submission, int]:
    """Return the entry, and its outcome's offset in `claims-review`."""
    return _DECODER.decode(value[:-_OFFSET_BYTES]), int.from_bytes(value[-_OFFSET_BYTES:])
