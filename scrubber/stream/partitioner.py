"""Which partition a patient's records are in: as Kafka's default partitioner says, but faster."""

from struct import Struct
from typing import Final

from scrubber.contracts.keys import KEY_BYTES

_HEX_DIGITS: Final = 2 * KEY_BYTES
_WORDS: Final = Struct(f"<{_HEX_DIGITS // 4}I")
_SEED: Final = 0x9747B28C
_FACTOR: Final = 0x5BD1E995
_MASK: Final = 0xFFFFFFFF


def partition_of(key: bytes, partitions: int) -> int:
    """
    Return the partition of a patient key: Murmur2 over its 32 digits.

    As aiokafka's own, which takes any length and a byte at a time: that costs a claim more than
    the state's reads and writes do.
    """
    digest = _SEED ^ _HEX_DIGITS
    for word in _WORDS.unpack(key):
        mixed = word * _FACTOR & _MASK
        digest = (digest * _FACTOR ^ (mixed ^ mixed >> 24) * _FACTOR) & _MASK
    digest = (digest ^ digest >> 13) * _FACTOR & _MASK
    # The sign bit is cut off, not folded in.
    return ((digest ^ digest >> 15) & 0x7FFFFFFF) % partitions
