"""Patient keys go where Kafka's default partitioner sends them."""

from hashlib import blake2b

from aiokafka.partitioner import murmur2

from scrubber.stream.partitioner import partition_of


def test_a_key_has_the_partition_of_kafkas_default_partitioner() -> None:
    """Compared with aiokafka's, which every producer of that library uses."""
    for number in range(2_000):
        key = blake2b(str(number).encode(), digest_size=16).hexdigest().encode()
        for partitions in (1, 4, 24):
            assert partition_of(key, partitions) == (murmur2(key) & 0x7FFFFFFF) % partitions
