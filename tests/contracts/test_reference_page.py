"""Pages that are generated are those that are committed."""

from pathlib import Path

from graph.schema.catalogue import NODES, RELS
from graph.schema.derive import reference_page

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"


def test_the_property_reference_is_the_declaration() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference_page(), "run python scripts/write_pages.py"


def test_the_property_reference_names_every_label_type_and_property() -> None:
    # given
    page = reference_page()

    # when
    missing = [
        f"{kind}.{name}"
        for kind, declared in {**NODES, **RELS}.items()
        for name in declared.props
        if f"| `{name}` |" not in page.split(f"\n## {kind}\n")[1].split("\n## ")[0]
    ]

    # then
    assert missing == []
