#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws what a terminal showed: text with SGR colours on standard input, SVG on standard output.

The pictures beside this file are real reports that went through here:
    sudo mp-trace --color always … 2>&1 | pictures/terminal.py >pictures/NAME.svg
"""

import re
import sys
from html import escape

CELL, LINE, MARGIN = 8.4, 19, 18
PAPER, INK = "#fbfaf7", "#24292f"
STYLES = {
    "1": "font-weight:bold",
    "2": "opacity:0.55",
    "31": "fill:#b3261e",
    "32": "fill:#1a7f37",
    "33": "fill:#9a6700",
}
ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")


def runs(line):
    """Pieces of one line: (column, text, styles)."""
    column, styles, position = 0, [], 0
    for match in [*ESCAPE.finditer(line), None]:
        text = line[position:match.start() if match else len(line)]
        if text:
            yield column, text, tuple(styles)
            column += len(text)
        if match:
            position = match.end()
            codes = (match.group(1) or "0").split(";")
            styles = [] if "0" in codes else styles + [code for code in codes if code in STYLES]


def words(column, text):
    """Blanks are not drawn: a picture's columns stand where the terminal's stood."""
    return [(column + match.start(), match.group()) for match in re.finditer(r"\S+(?: \S+)*", text)]


def draw(lines):
    columns = max(len(ESCAPE.sub("", line)) for line in lines)
    width, height = MARGIN * 2 + columns * CELL, MARGIN * 2 + len(lines) * LINE
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
           f'viewBox="0 0 {width:.0f} {height:.0f}">')
    yield "<!-- SPDX-License-" "Identifier: GPL-2.0-or-later -->"
    yield f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>'
    yield (f'<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" '
           f'fill="{INK}">')
    for row, line in enumerate(lines):
        y = MARGIN + (row + 0.75) * LINE
        for start, text, styles in runs(line):
            style = ";".join(STYLES[code] for code in styles)
            for column, word in words(start, text):
                yield (f'<text x="{MARGIN + column * CELL:.1f}" y="{y:.0f}" '
                       f'textLength="{len(word) * CELL:.1f}" lengthAdjust="spacingAndGlyphs"'
                       + (f' style="{style}"' if style else "") + f">{escape(word)}</text>")
    yield "</g></svg>"


def main():
    lines = [line.rstrip("\r\n") for line in sys.stdin]
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        sys.exit("terminal.py: nothing to draw")
    print("\n".join(draw(lines)))


main()
