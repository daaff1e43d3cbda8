"""What was measured over the time, drawn as one SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 190
LEFT, RIGHT, TOP, BOTTOM = 56, 210, 34, 26
# Told apart also by those who see few colours (after Okabe and Ito).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#444}.t{font-weight:600}"
    "line{stroke:#999;stroke-width:.5}polyline{fill:none;stroke-width:1.5}"
    "@media(prefers-color-scheme:dark){text{fill:#ccc}}"
)


# Its title, and lines by their names: a value for each of the minutes.
Panel = tuple[str, Mapping[str, Sequence[float]]]


def drawn(title: str, minutes: Sequence[float], panels: Sequence[Panel]) -> str:
    """The picture: panels one below the other."""
    height = HEIGHT * len(panels)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
    parts = [
        _panel(name, minutes, lines, place * HEIGHT) for place, (name, lines) in enumerate(panels)
    ]
    title = f"<title>{escape(title)}</title>"
    return "".join([head, title, f"<style>{STYLE}</style>", *parts, "</svg>\n"])


def _panel(
    title: str, minutes: Sequence[float], lines: Mapping[str, Sequence[float]], down: int
) -> str:
    most = max((max(values) for values in lines.values()), default=0) or 1
    bottom, right = down + HEIGHT - BOTTOM, WIDTH - RIGHT
    said = [f'<text class="t" x="{LEFT}" y="{down + 20}">{escape(title)}</text>']
    for share in (0, 0.5, 1):
        y = bottom - share * (HEIGHT - TOP - BOTTOM)
        said.append(f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        said.append(
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share * most:,.0f}</text>'
        )
    said.append(f'<text x="{LEFT}" y="{bottom + 18}">0</text>')
    said.append(
        f'<text x="{right}" y="{bottom + 18}" text-anchor="end">{minutes[-1]:.0f} min</text>'
    )
    for place, (name, values) in enumerate(lines.items()):
        colour = COLOURS[place % len(COLOURS)]
        points = " ".join(
            f"{_x(one, minutes[-1]):.1f},{bottom - value / most * (HEIGHT - TOP - BOTTOM):.1f}"
            for one, value in zip(minutes, values, strict=True)
        )
        said.append(f'<polyline points="{points}" stroke="{colour}"/>')
        y = down + TOP + 12 + 18 * place
        line = f'x1="{right + 12}" x2="{right + 30}" y1="{y - 4}" y2="{y - 4}"'
        said.append(f'<line {line} style="stroke:{colour};stroke-width:2"/>')
        said.append(f'<text x="{right + 36}" y="{y}">{escape(name)}</text>')
    return "".join(said)


def _x(minute: float, most: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (minute / most if most else 0)
