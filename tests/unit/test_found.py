"""The page of what was found is made from the lists of known failures."""

from suites.found import PAGE, render


def test_the_page_of_what_was_found_is_in_step() -> None:
    """docs/found.md is what the lists make of it."""
    assert PAGE.read_text(encoding="utf-8") == render(), "run python -m suites.found"
