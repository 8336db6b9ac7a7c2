"""Settings from the environment: the only place that reads it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scrubber.reference.shelf import starter_directory

KNOWN = ("SCRUBBER_PAYER_PACKS", "SCRUBBER_REFERENCE")


class SettingsError(ValueError):
    """Settings that cannot be used; `faults` names each with its remedy."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        """Keep all faults: the operator mends them in one go."""
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Settings:
    """Where reference snapshots and payer packs are; `payer_packs` adds to the bundled ones."""

    reference: Path
    payer_packs: Path | None


def read_settings(
    environment: Mapping[str, str] = os.environ,
    *,
    reference: Path | None = None,
    payer_packs: Path | None = None,
) -> Settings:
    """
    Return the settings; an argument wins over the environment, that over the default.

    Raises `SettingsError` for an unknown `SCRUBBER_...` or a folder that is not there.
    """
    faults = [
        f"{name}: no such setting; known are {', '.join(KNOWN)}"
        for name in sorted(environment)
        if name.startswith("SCRUBBER_") and name not in KNOWN
    ]
    if reference is None and (named := environment.get("SCRUBBER_REFERENCE")):
        reference = Path(named)
    if payer_packs is None and (named := environment.get("SCRUBBER_PAYER_PACKS")):
        payer_packs = Path(named)
    faults.extend(
        f"{option}: {folder} is not a directory"
        for option, folder in (
            ("SCRUBBER_REFERENCE or --reference", reference),
            ("SCRUBBER_PAYER_PACKS or --payer-packs", payer_packs),
        )
        if folder is not None and not folder.is_dir()
    )
    if faults:
        raise SettingsError(tuple(faults))
    return Settings(reference or starter_directory(), payer_packs)
