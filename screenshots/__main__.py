"""Takes every picture anew: `python -m screenshots`."""

from __future__ import annotations

from pathlib import Path

from screenshots.drawing import sheet, svg
from screenshots.scenes import take

HERE = Path(__file__).parent


def main() -> None:
    """Write an SVG for each scene, and the sheet with all of them."""
    pictures = take()
    for old in HERE.glob("*.svg"):
        old.unlink()
    for number, shown in enumerate(pictures, 1):
        (HERE / f"{number:02}-{shown.name}.svg").write_text(svg(shown), "utf-8")
    (HERE / "all.png").write_bytes(sheet(pictures))


if __name__ == "__main__":
    main()
