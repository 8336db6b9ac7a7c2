"""Procedure codes as NCCI tables hold them: five characters, searched as numbers of their order."""

import re

CODE = re.compile(r"[A-Z0-9]{5}", re.ASCII)
CODE_LENGTH = 5
NO_NUMBER = 0


def number_of(code: str) -> int:
    """Return a number in the order of the codes; `NO_NUMBER` for what has another length."""
    encoded = code.encode()
    return int.from_bytes(encoded, "big") if len(encoded) == CODE_LENGTH else NO_NUMBER


def code_of(number: int) -> str:
    """Return the code of a number."""
    return number.to_bytes(CODE_LENGTH, "big").decode("ascii")


def checked(code: str) -> str:
    """Return the code; raises `ValueError` unless it is five capital letters or digits."""
    if not CODE.fullmatch(code):
        message = f"{code!r} is not a code of five capital letters and digits"
        raise ValueError(message)
    return code
