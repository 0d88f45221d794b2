"""An SVG drawing: shapes and text on a sheet, every text escaped, with words for screen readers."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from instep_cohort.errors import UsageError

SVG = "http://www.w3.org/2000/svg"
FONT = "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"
INK, FAINT, GRID = "#1b2733", "#5b6b7a", "#d8e0e8"
# told apart by people who do not see colours as most do (Okabe and Ito)
BLUE, ORANGE, GREEN, PURPLE, SKY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9"


class Picture:
    """A finished SVG; a notebook shows it, and `save` writes it."""

    def __init__(self, svg: str) -> None:
        """Takes the SVG as text."""
        self.svg = svg

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return "<Picture; a notebook shows it, save() writes it>"

    def save(self, path: Path | str) -> Path:
        """Writes the SVG file and gives back its path.

        Raises:
            UsageError: there is such a file already, or none can be written there.
        """
        path = Path(path)
        try:
            with path.open("x", encoding="utf-8") as out:
                out.write(self.svg)
        except FileExistsError:
            raise UsageError(f"{path} is there already and is not replaced.") from None
        except OSError as error:
            raise UsageError(f"{path} cannot be written ({error.strerror}).") from None
        path.chmod(0o600)
        return path


class Sheet:
    """A sheet of a width and height in pixels, drawn on from the back to the front."""

    def __init__(self, width: int, height: int, *, title: str, description: str) -> None:
        """Takes the size, and what the picture is for those who cannot see it."""
        self.width = width
        self._root = ET.Element(
            "svg",
            {
                "xmlns": SVG,
                "viewBox": f"0 0 {width} {height}",
                "width": str(width),
                "height": str(height),
                "role": "img",
                "font-family": FONT,
                "font-size": "12",
            },
        )
        ET.SubElement(self._root, "title").text = title
        ET.SubElement(self._root, "desc").text = description
        self.box(0, 0, width, height, "#ffffff")

    def box(
        self, x: float, y: float, width: float, height: float, fill: str, hint: str = ""
    ) -> None:
        """A filled rectangle; the hint shows where a mouse rests on it."""
        self._shape("rect", hint, x=x, y=y, width=max(width, 0), height=max(height, 0), fill=fill)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str, *, dashed: bool = False
    ) -> None:
        """A thin line between two points."""
        dashes = {"stroke-dasharray": "4 3"} if dashed else {}
        self._shape("line", "", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, **dashes)

    def dot(self, x: float, y: float, fill: str, hint: str = "") -> None:
        """A filled circle."""
        self._shape("circle", hint, cx=x, cy=y, r=4, fill=fill)

    def diamond(self, x: float, y: float, fill: str, hint: str = "") -> None:
        """A filled square on its corner."""
        corners = " ".join(
            f"{_short(x + dx)},{_short(y + dy)}" for dx, dy in ((0, -5), (5, 0), (0, 5), (-5, 0))
        )
        self._shape("polygon", hint, points=corners, fill=fill)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        fill: str = INK,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        """A line of text whose foot stands at y."""
        weight = {"font-weight": "600"} if bold else {}
        element = self._shape("text", "", x=x, y=y, fill=fill, **{"text-anchor": anchor}, **weight)
        element.text = words

    def picture(self) -> Picture:
        """The drawing as it is now."""
        return Picture(ET.tostring(self._root, encoding="unicode") + "\n")

    def _shape(self, kind: str, hint: str, **attributes: float | str) -> ET.Element:
        given = {
            name: value if isinstance(value, str) else _short(value)
            for name, value in attributes.items()
        }
        element = ET.SubElement(self._root, kind, given)
        if hint:
            ET.SubElement(element, "title").text = hint
        return element


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
