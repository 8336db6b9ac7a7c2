"""
Another X12 parser in a process of its own: for each line on standard input it reads a file.

`python tools/x12_peer.py NAME FILE` answers each with the CPU seconds of reading and of its own
validation, and the number of transactions that it read. It knows nothing of this project, so that
a parser runs beside other versions of its dependencies than ours.
"""

import importlib
import io
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

MODELS = {"x12sdk": "x12sdk.io", "linuxforhealth-x12": "linuxforhealth.x12.io"}


def reader(name: str, path: Path) -> Callable[[], int]:
    """Return what reads and validates the file, and counts its transactions."""
    if name == "pyx12":
        from pyx12.params import params  # noqa: PLC0415 (only here is it there)
        from pyx12.x12n_document import x12n_document  # noqa: PLC0415

        text = path.read_text()
        transactions = text.count("~ST*")

        def validate() -> int:
            answer = io.StringIO()
            valid = x12n_document(params(), io.StringIO(text), answer, None)
            return transactions if valid else 0

        return validate
    module = importlib.import_module(MODELS[name])

    def read() -> int:
        with module.X12ModelReader(str(path)) as models:
            return sum(1 for _ in models.models())

    return read


def main() -> None:
    """Read as often as asked."""
    logging.disable(logging.CRITICAL)
    read = reader(sys.argv[1], Path(sys.argv[2]))
    for _ in sys.stdin:
        start = time.process_time()
        transactions = read()
        print(time.process_time() - start, transactions, flush=True)


if __name__ == "__main__":
    main()
