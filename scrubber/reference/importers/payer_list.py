"""Payer lists: comma-separated text with `payer_id` and `claim_type`, other columns aside."""

from typing import BinaryIO

from scrubber.reference.importers.reading import (
    DamagedFileError,
    Reading,
    csv_cells,
    first_line,
    records,
)
from scrubber.reference.payer_list import CLAIM_TYPES, PayerRow

KIND = "payer-list"

_COLUMNS = ("payer_id", "claim_type")


def recognises(head: bytes) -> bool:
    """Return whether the header has the columns of a payer list."""
    return set(_COLUMNS) <= {cell.strip('" ') for cell in first_line(head).split(",")}


def read(file: BinaryIO, _name: str) -> Reading[PayerRow]:
    """Return all payers; an empty claim type stands for every type."""
    rows: list[PayerRow] = []
    for line, record in records(csv_cells(file), _COLUMNS):
        row = PayerRow(record["payer_id"], record["claim_type"].lower())
        if not row.payer_id.isascii() or not row.payer_id.isprintable() or not row.payer_id:
            raise DamagedFileError(line, f"{row.payer_id!r} is no payer id")
        if row.claim_type and row.claim_type not in CLAIM_TYPES:
            raise DamagedFileError(line, f"{row.claim_type!r} is no claim type")
        rows.append(row)
    if not rows:
        raise DamagedFileError(1, "no payer in the file")
    return Reading(rows, None, None)
