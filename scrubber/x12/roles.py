"""
Which loop an NM1 segment opens, and which field of the claim it fills; "" where there is none.

Loop names of 005010X222A1, X223A2 and X224A2; NM101 says who it is.
"""

from typing import Final

Role = tuple[str, str]

REFERRING: Final = "referring_provider"
RENDERING: Final = "rendering_provider"
FACILITY: Final = "service_facility"

ABOVE_CLAIM: Final = {
    "41": "1000A", "40": "1000B",
    "85": "2010AA", "87": "2010AB", "PE": "2010AC",
    "IL": "2010BA", "PR": "2010BB", "QC": "2010CA",
}  # fmt: skip

OF_CLAIM: Final[dict[str, dict[str, Role]]] = {
    "professional": {
        "DN": (REFERRING, "2310A"),
        "P3": ("", "2310A"),
        "82": (RENDERING, "2310B"),
        "77": (FACILITY, "2310C"),
        "DQ": ("supervising_provider", "2310D"),
        "PW": ("", "2310E"),
        "45": ("", "2310F"),
    },
    "institutional": {
        "71": ("attending_provider", "2310A"),
        "72": ("operating_provider", "2310B"),
        "ZZ": ("", "2310C"),
        "82": (RENDERING, "2310D"),
        "77": (FACILITY, "2310E"),
        "DN": (REFERRING, "2310F"),
    },
    "dental": {
        "DN": (REFERRING, "2310A"),
        "P3": ("", "2310A"),
        "82": (RENDERING, "2310B"),
        "77": (FACILITY, "2310C"),
        "DD": ("", "2310D"),
        "DQ": ("supervising_provider", "2310E"),
    },
}

OF_PAYER: Final = {
    "professional": {
        "IL": "2330A", "PR": "2330B", "DN": "2330C", "P3": "2330C", "82": "2330D", "77": "2330E",
        "DQ": "2330F", "85": "2330G",
    },
    "institutional": {
        "IL": "2330A", "PR": "2330B", "71": "2330C", "72": "2330D", "ZZ": "2330E", "77": "2330F",
        "82": "2330G", "DN": "2330H", "85": "2330I",
    },
    "dental": {
        "IL": "2330A", "PR": "2330B", "DN": "2330C", "P3": "2330C", "82": "2330D", "DQ": "2330E",
        "85": "2330F", "77": "2330G", "DD": "2330H",
    },
}  # fmt: skip

OF_LINE: Final[dict[str, dict[str, Role]]] = {
    "professional": {
        "82": (RENDERING, "2420A"),
        "QB": ("", "2420B"),
        "77": ("", "2420C"),
        "DQ": ("", "2420D"),
        "DK": ("ordering_provider", "2420E"),
        "DN": ("", "2420F"),
        "P3": ("", "2420F"),
        "PW": ("", "2420G"),
        "45": ("", "2420H"),
    },
    "institutional": {
        "72": ("", "2420A"),
        "ZZ": ("", "2420B"),
        "82": (RENDERING, "2420C"),
        "DN": ("", "2420D"),
    },
    "dental": {
        "82": (RENDERING, "2420A"),
        "DD": ("", "2420B"),
        "DQ": ("", "2420C"),
        "77": ("", "2420D"),
    },
}
