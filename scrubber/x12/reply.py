"""
An interchange that answers another: envelopes turned round, counts that balance.

Control numbers and dates are those of what it answers, so that a replay gives the same bytes.
"""

from typing import Final

NO_DAY: Final = "19700101"  # where the envelope answered has no date
ISA_WIDTHS: Final = {5: 2, 6: 15, 7: 2, 8: 15, 9: 6, 10: 4, 13: 9}
DELIMITERS: Final = frozenset("*^:~")


class Reply:
    """Writes one interchange; `segment` counts what stands in the open transaction."""

    def __init__(self, isa: list[str], groups: str, guide: str) -> None:
        """`groups` is the functional id (GS01) of what is written, `guide` its GS08 and ST03."""
        self._isa = isa
        self._functional = groups
        self._guide = guide
        self.groups = 0
        self._group = ""
        self._transactions = 0
        self._segments = 0
        self._out: list[str] = []
        self.waiting = 0  # segments that nobody has taken yet
        field = {at: clean(at_of(isa, at)).ljust(width)[:width] for at, width in ISA_WIDTHS.items()}
        day, time = digits(field[9], "700101"), digits(field[10], "0000")
        self._control = digits(field[13], "000000000")
        usage = at_of(isa, 15) if at_of(isa, 15) in ("P", "T") else "P"
        self._put("ISA", "00", " " * 10, "00", " " * 10, field[7], field[8], field[5], field[6],
                  day, time, "^", "00501", self._control, "0", usage, ":")  # fmt: skip

    def begin_group(self, gs: list[str]) -> None:
        """Open the group that answers another, and its transaction."""
        self.groups += 1
        self._transactions = 0
        self._group = digits(at_of(gs, 6), str(self.groups))
        sender, receiver = clean(at_of(gs, 2)) or "SENDER", clean(at_of(gs, 3)) or "RECEIVER"
        self._put("GS", self._functional, receiver, sender, *moment(gs), self._group, "X",
                  self._guide)  # fmt: skip

    def begin_transaction(self, kind: str) -> None:
        """Open a transaction."""
        self._transactions += 1
        self._segments = 0
        self.segment("ST", kind, f"{self._transactions:04}", self._guide)

    def segment(self, *elements: str) -> None:
        """Write a segment; empty elements at its end are left out."""
        self._segments += 1
        self._put(*elements)

    def outside(self, *elements: str) -> None:
        """Write a segment of the interchange itself."""
        self._put(*elements)

    def end_transaction(self) -> None:
        """Close it with its count."""
        self.segment("SE", str(self._segments + 1), f"{self._transactions:04}")

    def end_group(self) -> None:
        """Close the group."""
        self._put("GE", str(self._transactions), self._group)

    def end(self) -> bytes:
        """Close the interchange and return what was written since `take`."""
        self._put("IEA", str(self.groups), self._control)
        return self.take()

    def take(self) -> bytes:
        """Return what was written since the last call."""
        text, self._out, self.waiting = "".join(self._out), [], 0
        return text.encode("ascii")

    def _put(self, *elements: str) -> None:
        size = len(elements)
        while not elements[size - 1]:
            size -= 1
        self._out.append("*".join(elements[:size]) + "~\n")
        self.waiting += 1


def at_of(elements: list[str] | tuple[str, ...], position: int) -> str:
    """Return an element, "" beyond the last."""
    return elements[position] if position < len(elements) else ""


def clean(text: str) -> str:
    """Return a value of the file answered without what would break the answer."""
    if text.isascii() and text.isprintable() and DELIMITERS.isdisjoint(text):
        return text.strip()
    return "".join(c for c in text if " " <= c < "\x7f" and c not in DELIMITERS).strip()


def digits(text: str, otherwise: str) -> str:
    """Return a number as it stands; something else for what is none."""
    text = text.strip()
    return (
        text if text.isdecimal() and text.isascii() and len(text) <= len("123456789") else otherwise
    )


def moment(gs: list[str]) -> tuple[str, str]:
    """Return day (CCYYMMDD) and time (HHMM) of a group."""
    day, time = digits(at_of(gs, 4), ""), digits(at_of(gs, 5), "")
    return (day if len(day) == len(NO_DAY) else NO_DAY), (time[:4] if len(time) >= 4 else "0000")  # noqa: PLR2004
