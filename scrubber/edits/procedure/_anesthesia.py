"""Which codes are anesthesia."""

FIRST, LAST = "00100", "01999"


def is_anesthesia(code: str) -> bool:
    """Tell whether a code is one of anesthesia (00100 to 01999)."""
    return code[:1] == "0" and FIRST <= code <= LAST and code.isdigit()
