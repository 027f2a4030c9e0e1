"""Write the pages that are generated from the declaration and the statements: what `git diff` shows is what changed."""

from pathlib import Path

from cypher.readme import PAGE, readme
from graph.schema.derive import reference_page

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Write `docs/reference.md` and `cypher/README.md`."""
    for page, text in ((ROOT / "docs" / "reference.md", reference_page()), (PAGE, readme())):
        page.write_text(text, encoding="utf-8")
        print(f"wrote {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
