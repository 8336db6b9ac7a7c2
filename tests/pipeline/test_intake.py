"""Files become records in their order; what is wrong with one costs no other, and no memory."""

import io
import tracemalloc
from collections.abc import Iterator

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.contracts.decode import MAX_BYTES
from scrubber.pipeline.intake import LINE_BYTES, Record, read_records
from scrubber.pipeline.json_values import split_values

A, B, C = b'{"a": {"b": "]}\\""}}', b'{"c": []}', b'{"d": 1}'
LONG = b'{"a": "' + b"y" * 4096 + b'"}'
PRETTY = orjson.dumps({"a": {"b": [1, {"c": "}"}]}}, option=orjson.OPT_INDENT_2)


def records(content: bytes) -> list[Record]:
    """Return the records of a file of this content."""
    return list(read_records(io.BufferedReader(io.BytesIO(content)), "f"))


def cut(content: bytes) -> list[bytes]:
    """Return the bytes of the records, each checked against its place in the file."""
    found = records(content)
    for number, record in enumerate(found, start=1):
        assert record.number == number
        assert not record.fault
        assert content.startswith(record.raw, record.offset)
    return [record.raw for record in found]


@pytest.mark.parametrize(
    "content",
    [
        A + b"\n" + B + b"\n" + C + b"\n",
        A + b"\r\n\r\n" + B + b"\r\n \r\n" + C,
        b"\xef\xbb\xbf" + A + b"\n" + B + b"\n" + C,
        b"\n\n" + A + b"\n" + B + b"\n" + C,
        b"[" + A + b"," + B + b"," + C + b"]",
        b"[\n  " + A + b",\n  " + B + b" ,\n  " + C + b"\n]\n",
        b"\xef\xbb\xbf \n[" + A + b"," + B + b"," + C + b"]",
        b"[" + A + b"]\n[" + B + b", " + C + b"]",
    ],
)
def test_lines_and_lists_are_cut_at_the_events(content: bytes) -> None:
    """Breaks, marks and blanks belong to none; brackets in texts are text."""
    assert cut(content) == [A, B, C]


@pytest.mark.parametrize("between", [b"\n", b"\r\n", b"\n\n"])
def test_events_over_many_lines_are_one_each(between: bytes) -> None:
    """One such event is a file; several are what `jq` writes."""
    assert cut(PRETTY) == [PRETTY]
    assert cut(PRETTY + between + PRETTY + between) == [PRETTY, PRETTY]


def test_a_list_may_be_longer_than_a_record_may() -> None:
    """The limit is that of an event."""
    content = b"[" + b",".join([A] * (2 * MAX_BYTES // len(A))) + b"]"
    assert cut(content) == [A] * (2 * MAX_BYTES // len(A))


def test_a_bare_carriage_return_ends_no_line() -> None:
    """It may stand between the members of an event."""
    assert cut(b'{"x": \n' + A.replace(b" ", b"\r") + b"\n")[1:] == [A.replace(b" ", b"\r")]


def test_a_first_line_that_is_cut_short_costs_itself_only() -> None:
    """The next one begins like an event, so these are lines."""
    assert cut(b'{"a": {"b": \n' + B + b"\n" + C + b"\n") == [b'{"a": {"b": ', B, C]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b""])
def test_a_record_of_just_the_limit_is_one(line_end: bytes) -> None:
    """The line's end does not count."""
    whole = b'{"a": "' + b"y" * (MAX_BYTES - 9) + b'"}'
    assert len(whole) == MAX_BYTES
    assert cut(whole + line_end) == [whole]


@pytest.mark.parametrize("size", [MAX_BYTES + 1, LINE_BYTES, LINE_BYTES + 1, 3 * LINE_BYTES])
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("layout", [(b"", b"\n", b"\n"), (b"", b"\r\n", b"\r\n"), (b"[", b",", b"]")])  # fmt: skip
def test_a_record_over_the_limit_is_passed_over(
    size: int, place: int, layout: tuple[bytes, bytes, bytes]
) -> None:
    """Its size is said, its beginning is kept, its neighbours are records."""
    long = b'{"a": "' + b"y" * (size - 9) + b'"}'
    events = [A, B]
    events.insert(place, long)
    opening, between, ending = layout
    content = opening + between.join(events) + ending
    found = records(content)
    assert [one.raw for one in found if not one.fault] == [A, B]
    over = found[place]
    assert over.fault == f"{size} bytes; the limit is {MAX_BYTES}"
    assert content.index(long) == over.offset
    assert long.startswith(over.raw[:MAX_BYTES])
    assert [one.number for one in found] == [1, 2, 3]


@pytest.mark.parametrize(
    ("content", "whole", "offset", "fault"),
    [
        (b"[" + A + b",", 1, len(A) + 2, "the list has no end (])"),
        (b"[" + A + b"," + B[:-2], 1, len(A) + 2, "ends inside this record"),
        (b"[\n" + A + b',\n{"x": "', 1, len(A) + 4, "ends inside this record"),
        (PRETTY[:-9], 0, 0, "ends inside this record"),
        (PRETTY + b"\n" + PRETTY[:-9], 1, len(PRETTY) + 1, "ends inside this record"),
    ],
)
def test_a_text_that_is_cut_off_is_one_fault_after_its_whole_events(
    content: bytes, whole: int, offset: int, fault: str
) -> None:
    """Not one fault a line."""
    found = records(content)
    assert [bool(one.fault) for one in found] == [False] * whole + [True]
    assert found[-1].offset == offset
    assert fault in found[-1].fault


def test_what_is_no_event_in_a_list_is_a_record_of_its_own() -> None:
    """The decoder refuses it, at its place."""
    assert cut(b"[1, 2, " + A + b", null, [" + B + b"], " + C + b"] ]x") == (
        [b"1, 2", A, b"null", b"[" + B + b"]", C, b"]x"]
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"\n \r\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"[]", "the file holds no claim"),
    ],
)
def test_a_file_without_records_says_so(content: bytes, words: str) -> None:
    """Nobody takes it for a clean one."""
    assert [(one.number, one.offset, one.fault) for one in records(content)] == [(1, 0, words)]


_JSON = st.recursive(
    st.text() | st.booleans() | st.none(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.text(), _JSON), max_size=4),
    st.sampled_from([0, orjson.OPT_INDENT_2]),
    st.integers(min_value=1, max_value=9),
)
@settings(max_examples=60, deadline=None)
def test_a_value_is_found_wherever_the_chunks_end(
    values: list[dict[str, object]], option: int, size: int
) -> None:
    """Within a text, after a backslash, between any two bytes."""
    for text in (
        orjson.dumps(values, option=option),
        b"\n".join(orjson.dumps(one, option=option) for one in values),
    ):
        chunks = [text[at : at + size] for at in range(0, len(text), size)]
        pieces = list(split_values(chunks, 100))
        assert [orjson.loads(one.raw) for one in pieces] == values
        assert all(text.startswith(one.raw, one.offset - 100) for one in pieces)


class _Endless(io.RawIOBase):
    """A file of many repetitions that nobody holds."""

    def __init__(self, beginning: bytes, again: bytes, times: int) -> None:
        """Begin at the beginning."""
        self._parts: Iterator[bytes] = iter([beginning, *[again] * times])
        self._rest = b""

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Give the next bytes."""
        self._rest = self._rest or next(self._parts, b"")
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


@pytest.mark.parametrize(
    ("beginning", "again"),
    [
        (b"", LONG + b"\n"),
        (b'{"cut off": \n', LONG + b"\n"),
        (b"[", LONG + b","),
        (b'{\n"x": "', b"y" * 4096),
        (b'{"x": "', b"y" * 4096),
        (b"not JSON ", b"but long " * 512),
    ],
)
def test_memory_does_not_grow_with_the_file(beginning: bytes, again: bytes) -> None:
    """Lines, a list, an event or a line without end: 24 MB in less than 6."""
    stream = io.BufferedReader(_Endless(beginning, again, 24_000_000 // len(again)))
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_records(stream, "f")) >= 1
        assert tracemalloc.get_traced_memory()[1] < 6 * MAX_BYTES
    finally:
        tracemalloc.stop()
