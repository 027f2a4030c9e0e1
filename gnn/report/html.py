"""HTML from plain values: everything that comes from outside is escaped."""

from collections.abc import Iterable, Sequence
from html import escape

LONG = 24
"""Letters that a word may have before it breaks."""
STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; color: #1b1f24;
  background: #fff; margin: 0 auto; padding: 24px 28px 60px; max-width: 1120px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 40px 0 8px; padding-top: 12px; border-top: 2px solid #d0d7de; }
p { margin: 6px 0 10px; max-width: 78ch; }
.lead { color: #57606a; }
.notice { border: 1px solid #d0d7de; border-left: 5px solid #57606a; background: #f6f8fa; padding: 8px 14px;
  margin: 14px 0; max-width: none; }
.loses { border-left-color: #b34700; background: #fff4ec; }
.holds { border-left-color: #1a6b3c; background: #effaf3; }
.pair { display: grid; grid-template-columns: minmax(280px, 5fr) minmax(300px, 6fr); gap: 22px; align-items: start;
  margin: 10px 0 18px; }
.pair.wide { grid-template-columns: minmax(0, 1fr); }
figure { margin: 0; }
figcaption { font-weight: 600; margin-bottom: 4px; }
svg { width: 100%; height: auto; max-width: 700px; font-family: inherit; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 8px; border-bottom: 1px solid #d0d7de; text-align: left; vertical-align: top; }
tbody th { font-weight: 500; }
td.n, th.n { text-align: right; }
td.n { white-space: nowrap; }
thead th { border-bottom: 2px solid #57606a; }
tr.used td, tr.used th { font-weight: 600; background: #eef4fb; }
code { font-size: 12.5px; overflow-wrap: anywhere; }
.table { margin: 14px 0; }
.pair .table:first-child { margin-top: 0; }
/* Behind an edge with a shadow there is more: the white covers move with the table, the shadows stay. */
.scroll { overflow-x: auto; background: linear-gradient(90deg, #fff 40%, #fff0) left / 36px 100%,
    linear-gradient(270deg, #fff 40%, #fff0) right / 36px 100%,
    linear-gradient(90deg, #57606a99, #fff0) left / 14px 100%,
    linear-gradient(270deg, #57606a99, #fff0) right / 14px 100%;
  background-attachment: local, local, scroll, scroll; background-repeat: no-repeat; }
.scroll:focus-visible { outline: 2px solid #0b5cad; }
/* A bar of its own look stays visible where others fade away. */
.scroll::-webkit-scrollbar { height: 9px; }
.scroll::-webkit-scrollbar-track { background: #d0d7de; }
.scroll::-webkit-scrollbar-thumb { background: #57606a; border-radius: 4px; }
.long { overflow-wrap: anywhere; min-width: 15ch; }
@media (max-width: 800px) { .pair { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 600px) {
  body { padding: 16px 14px 40px; }
  th, td { padding: 3px 5px; }
  svg { width: auto; max-width: none; height: auto; min-width: 100%; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; }
  h2 { break-after: avoid; margin-top: 18px; }
  figure, tr, .notice { break-inside: avoid; }
  .notice, tr.used td, tr.used th, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .scroll { overflow: visible; background: none; }
}
@page { margin: 15mm; }
"""


def page(title: str, body: Iterable[str]) -> str:
    """A whole document that loads nothing: its policy forbids it to."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[str | int | float | None]], used: str | None = None
) -> str:
    """A table with a caption; numbers stand to the right, the row whose first cell is ``used`` stands out."""
    numeric = [bool(rows) and all(_is_number(row[place]) for row in rows) for place in range(len(heads))]
    # The caption stands outside of what scrolls: it is read whole, however wide the table is.
    lines = [
        f'<figure class="table"><figcaption>{escape(caption)}</figcaption>'
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}"><table><thead><tr>'
    ]
    lines += [
        f'<th scope="col"{_right(number)}>{escape(head)}</th>' for head, number in zip(heads, numeric, strict=True)
    ]
    lines.append("</tr></thead><tbody>")
    for row in rows:
        mark = ' class="used"' if used is not None and row[0] == used else ""
        cells = [
            f'<th scope="row"{_class(value, number)}>{_cell(value)}</th>'
            if place == 0
            else f"<td{_class(value, number)}>{_cell(value)}</td>"
            for place, (value, number) in enumerate(zip(row, numeric, strict=True))
        ]
        lines.append(f"<tr{mark}>{''.join(cells)}</tr>")
    return "".join([*lines, "</tbody></table></div></figure>"])


def pair(caption: str, picture: str, beside: str, *, wide: bool = False) -> str:
    """A picture with its table beside it, or below it when it is wide."""
    shape = "pair wide" if wide else "pair"
    scroll = f'<div class="scroll" role="region" tabindex="0" aria-label="Picture: {escape(caption)}">'
    return (
        f'<div class="{shape}"><figure><figcaption>{escape(caption)}</figcaption>{scroll}{picture}</div></figure>'
        f"<div>{beside}</div></div>"
    )


def heading(words: str) -> str:
    """A heading of a section."""
    return f"<h2>{escape(words)}</h2>"


def paragraph(words: str, kind: str = "") -> str:
    """A paragraph; ``kind`` is a class such as ``notice``."""
    return f"<p{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{escape(words)}</p>"


def _is_number(value: object) -> bool:
    if isinstance(value, int | float) or value is None:
        return True
    text = str(value).strip("%").strip().replace(",", "")
    return text in {"", "-"} or text.lstrip("+-").replace(".", "", 1).isdigit()


def _right(number: bool) -> str:
    return ' class="n"' if number else ""


def _class(value: object, number: bool) -> str:
    """Of a cell: a word longer than a column of a telephone may break anywhere."""
    return _right(number) or (' class="long"' if max(map(len, str(value).split()), default=0) > LONG else "")


def _cell(value: str | int | float | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4f}"
    return f"{value:,}" if isinstance(value, int) else escape(value)
