"""What is generated is fresh."""

from tests.conftest import ROOT
from tools.write_edit_pages import pages


def test_the_edit_pages_are_those_the_edits_give() -> None:
    """`make edit-pages` would change nothing."""
    folder = ROOT / "docs" / "edits"
    on_disk = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    assert on_disk == pages()
