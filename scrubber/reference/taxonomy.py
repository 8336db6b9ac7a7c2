"""NUCC provider taxonomy: which codes exist as of a day."""

from scrubber.reference.code_set import (
    CodeSetSeries as TaxonomySeries,
)
from scrubber.reference.code_set import (
    CodeSetView as TaxonomyView,
)
from scrubber.reference.code_set import (
    ListedCode as TaxonomyRow,
)
from scrubber.reference.code_set import (
    pack_code_set as pack,
)

__all__ = ["TaxonomyRow", "TaxonomySeries", "TaxonomyView", "pack"]
