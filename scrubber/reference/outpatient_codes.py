"""I/OCE: which procedure codes the outpatient code editor holds as of a day."""

from collections.abc import Sequence

from scrubber.reference.dated_codes import (
    DatedCode as OutpatientRow,
)
from scrubber.reference.dated_codes import (
    DatedCodeSeries,
)
from scrubber.reference.dated_codes import (
    DatedCodeView as OutpatientView,
)
from scrubber.reference.dated_codes import (
    pack_codes as pack,
)
from scrubber.reference.editions import Edition

__all__ = ["OutpatientRow", "OutpatientSeries", "OutpatientView", "pack"]


class OutpatientSeries(DatedCodeSeries):
    """All loaded editions: each speaks for its own versions' days and no earlier ones."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        super().__init__(editions, reaches_back=False)
