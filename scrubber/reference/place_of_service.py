"""CMS place of service: which codes exist as of a day."""

from scrubber.reference.code_set import (
    CodeSetSeries as PlaceSeries,
)
from scrubber.reference.code_set import (
    CodeSetView as PlaceView,
)
from scrubber.reference.code_set import (
    ListedCode as PlaceRow,
)
from scrubber.reference.code_set import (
    pack_code_set as pack,
)

__all__ = ["PlaceRow", "PlaceSeries", "PlaceView", "pack"]
