"""Write schemas/<event>.v1.json from the wire models; a test holds the files fresh."""

import sys
from pathlib import Path

from scrubber.contracts.schemas import schema_files

SCHEMAS = Path(__file__).parent.parent / "schemas"


def main() -> int:
    """Write every schema; the released copies are not touched."""
    for name, text in schema_files().items():
        (SCHEMAS / name).write_bytes(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
