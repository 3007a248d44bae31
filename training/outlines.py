"""Make ``data/outlines.txt.gz``, the outlines of countries that maps are drawn with.

    npm pack world-atlas@2.0.2
    python -m training outlines --atlas package/countries-50m.json

The atlas is Natural Earth at 1:50 million as TopoJSON, in which borders are arcs that countries share.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.word_lists import DATA, write_checksums

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FILE = "outlines.txt.gz"
_PER_DEGREE = 100


def rings(atlas: dict[str, Any]) -> Iterator[list[tuple[float, float]]]:
    """Yield the outer ring of each polygon, as longitudes and latitudes in degrees.

    Examples
    --------
    >>> square = {"type": "Polygon", "arcs": [[0, ~1]]}
    >>> atlas = {"transform": {"scale": [1, 1], "translate": [10, 20]}, "arcs": [[[0, 0], [1, 0]], [[0, 0], [1, 0]]],
    ...          "objects": {"countries": {"geometries": [square]}}}
    >>> list(rings(atlas))
    [[(10, 20), (11, 20), (10, 20)]]
    """
    (x_scale, y_scale), (left, bottom) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = []
    for arc in atlas["arcs"]:
        xs, ys = (accumulate(steps) for steps in zip(*arc, strict=True))
        arcs.append([(left + x * x_scale, bottom + y * y_scale) for x, y in zip(xs, ys, strict=True)])
    for country in atlas["objects"]["countries"]["geometries"]:
        polygons = [country["arcs"]] if country["type"] == "Polygon" else country.get("arcs", [])
        for outer, *_ in polygons:
            points: list[tuple[float, float]] = []
            for index in outer:
                arc = arcs[index] if index >= 0 else arcs[~index][::-1]
                points += arc[1:] if points else arc
            yield from unwrapped(points)


def unwrapped(points: list[tuple[float, float]]) -> Iterator[list[tuple[float, float]]]:
    """Yield a ring without jumps at 180°: one that crosses it at both sides of the map, one round a pole closed there.

    Examples
    --------
    >>> list(unwrapped([(170, 1), (-170, 1), (-170, 2), (170, 1)]))
    [[(170, 1), (190, 1), (190, 2), (170, 1)], [(-190, 1), (-170, 1), (-170, 2), (-190, 1)]]
    """
    if any(abs(latitude) > 89 for _, latitude in points):  # noqa: PLR2004
        yield points  # as it goes to the pole itself
        return
    shift, ring = 0, points[:1]
    for (before, _), (longitude, latitude) in pairwise(points):
        shift += 360 * ((before - longitude > 180) - (longitude - before > 180))  # noqa: PLR2004
        ring.append((longitude + shift, latitude))
    if shift:
        pole = math.copysign(90, ring[0][1])
        ring += [(ring[-1][0], pole), (ring[0][0], pole)]
    yield ring
    beyond = [-360 if longitude > 180 else 360 for longitude, _ in ring if abs(longitude) > 180]  # noqa: PLR2004
    for other in dict.fromkeys(beyond):
        yield [(longitude + other, latitude) for longitude, latitude in ring]


def line(points: list[tuple[float, float]]) -> str:
    """Return a ring in hundredths of degrees: its first point, then the steps to the others.

    Examples
    --------
    >>> line([(10.0, 20.0), (11.5, 20.0), (10.0, 19.0)])
    '1000 2000 150 0 -150 -100'
    """
    whole = [(round(x * _PER_DEGREE), round(y * _PER_DEGREE)) for x, y in points]
    steps = [(x - u, y - v) for (x, y), (u, v) in zip(whole[1:], whole, strict=False)]
    return " ".join(f"{x} {y}" for x, y in [whole[0], *(step for step in steps if any(step))])


def main(arguments: Sequence[str] = ()) -> None:
    """Write the outlines and the checksums."""
    parser = argparse.ArgumentParser(prog="python -m training outlines", description=main.__doc__)
    parser.add_argument("--atlas", type=Path, required=True, help="countries-50m.json of world-atlas")
    lines = [line(ring) for ring in rings(json.loads(parser.parse_args(arguments).atlas.read_bytes()))]
    (DATA / FILE).write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))
    print(f"{FILE}: {len(lines):,} rings, {(DATA / FILE).stat().st_size:,} bytes")
    write_checksums()
