"""HCPCS Level II: which procedure codes are in force as of a day."""

from collections.abc import Sequence

from scrubber.reference.dated_codes import (
    DatedCode as ProcedureRow,
)
from scrubber.reference.dated_codes import (
    DatedCodeSeries,
)
from scrubber.reference.dated_codes import (
    DatedCodeView as ProcedureView,
)
from scrubber.reference.dated_codes import (
    pack_codes as pack,
)
from scrubber.reference.editions import Edition

__all__ = ["ProcedureRow", "ProcedureSeries", "ProcedureView", "pack"]


class ProcedureSeries(DatedCodeSeries):
    """All loaded editions: each lists additions and terminations of earlier quarters too."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        super().__init__(editions, reaches_back=True)
