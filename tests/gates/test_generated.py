"""What is generated is fresh."""

from scrubber.edits.registry import all_edits
from tests.conftest import ROOT
from tools.write_asyncapi import DOCUMENT, document
from tools.write_edit_pages import pages
from tools.write_metrics_page import page as metrics_page
from tools.write_settings_page import page as settings_page


def test_the_edit_pages_are_those_the_edits_give() -> None:
    """`make edit-pages` would change nothing."""
    folder = ROOT / "docs" / "edits"
    on_disk = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    assert on_disk == pages()


def test_the_settings_page_is_that_of_the_table() -> None:
    """`make settings-page` would change nothing."""
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == settings_page()


def test_the_asyncapi_document_is_the_one_that_topics_and_schemas_give() -> None:
    """`make asyncapi` would change nothing."""
    assert DOCUMENT.read_text(encoding="utf-8") == document()


def test_the_metrics_page_is_that_of_the_table() -> None:
    """`make metrics-page` would change nothing."""
    assert (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8") == metrics_page()


def test_the_readme_says_how_many_edits_there_are() -> None:
    """The one number in it that grows by itself."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"\n{len(all_edits())} edits: " in readme
