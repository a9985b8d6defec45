"""The page: layers on a Folium map, with all that draws them in the page itself.

Folium would load Leaflet and five more libraries from other hosts; the two that are needed are
bundled (``web/assets.md``), and nothing else is asked for but tiles, where they are wanted. Data
never passes through Folium's templates, which would run what looks like a template in it.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from importlib.resources import files
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import folium
from branca.element import Element, Figure
from folium.map import Layer as FoliumLayer

from motifleet.geo.maps.encode import as_script
from motifleet.geo.maps.frame import Frame
from motifleet.geo.maps.layer import Layer
from motifleet.geo.maps.tiles import is_address

_SCRIPTS = ("leaflet.js", "markercluster.js", "map.js")
_STYLES = ("leaflet.css", "map.css")
_CLOSEST = 19
# So many pixels at the bottom are the clock's, under which nothing is to lie at first.
_CLOCK = 120
# What a browser may ask for while it shows an offline map: nothing that is not in the page.
_CLOSED = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


def folium_map(
    title: str,
    ground: Mapping[str, Any],
    layers: Sequence[Layer],
    frame: Frame,
    tiles: str | None,
) -> folium.Map:
    """A Folium map with these layers, which draws itself without a network.

    Args:
        title: the page's title.
        ground: the boundaries below the tiles.
        layers: from the lowest to the highest.
        frame: what is seen first.
        tiles: a provider's name or an address with {z}, {x} and {y}; None: nothing is asked for.
    """
    made = _Map(tiles=None, control_scale=True, prefer_canvas=True, font_size="13px", zoom_snap=0.5)
    made.options["max_zoom"] = _CLOSEST  # Folium gives its argument of this name to tiles alone
    figure = _figure(made)
    figure.title = escape(title)
    if tiles is None:
        policy = f'<meta http-equiv="Content-Security-Policy" content="{_CLOSED}" />'
        figure.header.add_child(_Raw(policy), name="policy", index=0)
    figure.header.add_child(_Raw(_assets()), name="assets")
    clock = any(layer.function == "paths" for layer in layers)
    room = {"padding_top_left": (48, 24), "padding_bottom_right": (24, _CLOCK if clock else 48)}
    made.fit_bounds(frame.corners(), max_zoom=15, **room)
    made.add_child(_DataLayer("boundaries", "ground", ground))
    if tiles is not None:
        made.add_child(_tile_layer(tiles))
    names = _each_once(["boundaries", "street map", *(layer.drawn.layer for layer in layers)])
    for name, layer in zip(names[2:], layers, strict=True):
        made.add_child(_DataLayer(name, layer.function, layer.data(frame)))
    made.add_child(folium.LayerControl(collapsed=False))
    return made


def page_of(made: folium.Map) -> str:
    """The whole page as HTML."""
    return str(made.get_root().render())


def _figure(element: Element) -> Figure:
    """The page that an element is part of."""
    root = element.get_root()
    assert isinstance(root, Figure)  # noqa: S101 (what is on a map is in a figure)
    return root


class _Map(folium.Map):
    """A map that names no library on another host."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 (so Folium has it)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class _Raw(Element):
    """Text that goes into the page as it is, through no template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, **_: Any) -> str:
        return self._text


class _DataLayer(FoliumLayer):
    """A layer that the page's own script draws from compact columns."""

    def __init__(self, name: str, function: str, data: Mapping[str, Any]) -> None:
        super().__init__(name=_as_name(name), overlay=True)
        self._name = f"motifleet_{function}"
        self._data = as_script(data)
        self._function = function

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]  # as Folium has it
        root = _figure(self)
        assert self._parent is not None  # noqa: S101 (a layer is drawn on a map)
        call = f"motifleet.{self._function}({self._parent.get_name()}, {self._data})"
        root.script.add_child(_Raw(f"var {self.get_name()} = {call};\n"), name=self.get_name())
        super().render(**kwargs)  # type: ignore[no-untyped-call]


def _each_once(names: Sequence[str]) -> list[str]:
    """The names, those that come again numbered: Folium knows layers by them.

    >>> _each_once(["paths", "yards", "paths"])
    ['paths', 'yards', 'paths (2)']
    """
    told: list[str] = []
    for name in names:
        numbered = (f"{name} ({number})" for number in count(2))
        told.append(
            name if name not in told else next(each for each in numbered if each not in told)
        )
    return told


def _as_name(text: str) -> str:
    """A layer's name: Leaflet takes it for HTML, and Folium for a template."""
    return escape(text).replace("{", "&#123;").replace("}", "&#125;")


def _tile_layer(tiles: str) -> folium.TileLayer:
    return folium.TileLayer(
        tiles,
        attr=urlsplit(tiles).hostname if is_address(tiles) else None,
        name="street map",
        overlay=True,
    )


@lru_cache(maxsize=1)
def _assets() -> str:
    """Styles and scripts as elements of a page."""
    folder = files("motifleet.geo.maps") / "web"
    read = {name: (folder / name).read_text(encoding="utf-8") for name in (*_STYLES, *_SCRIPTS)}
    styles = [f"<style>{_without_images(read[name])}</style>" for name in _STYLES]
    scripts = [f"<script>{_without_map(read[name])}</script>" for name in _SCRIPTS]
    return "\n".join([*styles, *scripts])


def _without_images(style: str) -> str:
    """A style without the images of controls that no map here has."""
    return re.sub(r"(?:background-image|behavior):\s*url\([^)]*\);?", "", style)


def _without_map(script: str) -> str:
    """A script without the address of its source map, which a browser would ask for."""
    return re.sub(r"^//# sourceMappingURL=.*$", "", script, flags=re.MULTILINE)
