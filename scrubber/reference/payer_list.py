"""A clearinghouse's list of payers: the ids that claims of a type can go to."""

from collections.abc import Iterable
from typing import NamedTuple, get_args

from scrubber.contracts.claim import ClaimType
from scrubber.reference.code_set import CodeSetSeries, CodeSetView, pack_code_set

CLAIM_TYPES: tuple[ClaimType, ...] = get_args(ClaimType)


class PayerRow(NamedTuple):
    """A payer id, and the claims it takes: of one type, or of all when none is stated."""

    payer_id: str
    claim_type: str = ""


class PayerListSeries(CodeSetSeries):
    """All loaded editions."""


PayerListView = CodeSetView


def entry(payer_id: str, claim_type: str) -> str:
    """Return a payer and type as the list holds them: `professional 60054`."""
    return f"{claim_type} {payer_id.upper()}"


def pack(rows: Iterable[PayerRow]) -> dict[str, bytes]:
    """Return the buffers of an edition."""
    return pack_code_set(
        entry(row.payer_id, claim_type)
        for row in rows
        for claim_type in ((row.claim_type,) if row.claim_type else CLAIM_TYPES)
    )
