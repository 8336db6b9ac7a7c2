"""Where the parts meet: the one place that builds a scrubber."""

from dataclasses import replace
from functools import cache
from hashlib import blake2b
from importlib.resources import files

from scrubber.edits.ai_oversight._draw import Draw
from scrubber.edits.edit import Edit
from scrubber.edits.registry import all_edits
from scrubber.payers.select import load_packs
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import Settings
from scrubber.reference.shelf import open_shelf

VERSION_BYTES = 8


def build_scrubber(settings: Settings) -> Scrubber:
    """Return a scrubber of all edits, the packs and the snapshots that the settings name."""
    edits = tuple(_drawing(edit, settings.sampling_secret) for edit in all_edits())
    return Scrubber(
        edits,
        edits_version(),
        load_packs(settings.payer_packs, edits),
        open_shelf(settings.reference),
    )


def _drawing(edit: Edit, secret: bytes) -> Edit:
    """Return the edit with the secret, if it is one that draws; packs inherit it."""
    if not isinstance(edit.params, Draw):
        return edit
    return replace(edit, params=edit.params.model_copy(update={"secret": secret}))


@cache
def edits_version() -> str:
    """Return the digest of the edits' source: another edit, another version on the outcome."""
    digest = blake2b(digest_size=VERSION_BYTES)
    families = sorted(files("scrubber.edits").iterdir(), key=lambda entry: entry.name)
    for family in families:
        modules = sorted(family.iterdir(), key=lambda entry: entry.name) if family.is_dir() else ()
        for module in modules:
            if module.name.endswith(".py"):
                digest.update(module.read_bytes())
    return digest.hexdigest()
