"""``motifleet pattern``: profiles of one signal, of two devices, and of several signals."""

from pathlib import Path
from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.reports import Plot, Reports, over_reports

PAIR = ["device_id", "event_ts", "index", "neighbor_ts", "neighbor_index", "distance"]
Normalize = Annotated[
    bool, typer.Option("--normalize/--plain", help="Compare shapes, or values as they are.")
]
Share = Annotated[
    float, typer.Option("--share", help="Compare only so large a share of the pairs: faster.")
]


@over_reports
def profile(
    reports: Reports,
    signal: options.Signal,
    window: options.Window = 60,
    normalize: Normalize = True,
    share: Share = 1.0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there, as Parquet.")
    ] = None,
    plot: Plot = None,
) -> None:
    """How near the nearest window of the same device is, for every window of every device."""
    from motifleet.matrixprofile import fleet_profile

    fleet, how = reports.fleet(signal), reports.kernels()
    with reports.output.progress("comparing windows") as bar:
        found = fleet_profile(fleet, window, normalize=normalize, share=share, progress=bar, **how)
    if out is not None:
        import pyarrow.parquet as pq

        pq.write_table(found.to_arrow(), out)
    reports.draw(found, plot)
    each = {name: one.distances for name, one in zip(fleet.device_ids, found, strict=True)}
    profiles = [{"device_id": name, "distances": of.tolist()} for name, of in each.items()]
    reports.output.document({"m": window, "profiles": profiles})
    rows = [
        {
            "device_id": name,
            "windows": len(of),
            "least": float(of.min()),
            "greatest": float(of.max()),
        }
        for name, of in each.items()
        if len(of)
    ]
    reports.output.rows(rows, ["device_id", "windows", "least", "greatest"])


@over_reports
def join(
    reports: Reports,
    signal: options.Signal,
    window: options.Window = 60,
    count: options.Count = 5,
    normalize: Normalize = True,
    share: Share = 1.0,
    plot: Plot = None,
) -> None:
    """What two devices share, and what the first has alone (--device for each of the two)."""
    from motifleet.matrixprofile import ab_join

    (a, b), how = reports.chosen(signal, 2), reports.kernels()
    with reports.output.progress("comparing windows") as bar:
        found = ab_join(a, b, window, normalize=normalize, share=share, progress=bar, **how)
    motifs, discords = found.motifs(count), found.discords(count)
    reports.draw(found, plot)
    reports.render(
        {
            "motifs": [each.to_dict() for each in motifs],
            "discords": [each.to_dict() for each in discords],
        },
        {"motifs": ["event_ts", "neighbor_ts", "distance"], "discords": ["event_ts", "distance"]},
    )


@over_reports
def mpdist(
    reports: Reports,
    signal: options.Signal,
    window: options.Window = 60,
    share: Annotated[
        float, typer.Option("--share", help="Which of the windows decides: 0 the nearest alone.")
    ] = 0.05,
) -> None:
    """How far two devices are apart by the shapes they share (--device for each of the two)."""
    from motifleet import matrixprofile

    a, b = reports.chosen(signal, 2)
    distance = matrixprofile.mpdist(a, b, window, share=share, **reports.kernels())
    row = {"device_id": a.device_id, "neighbor_device_id": b.device_id, "distance": distance}
    reports.output.document({"m": window, **row})
    reports.output.rows([row], row)


@over_reports
def multidimensional(
    reports: Reports,
    signals: Annotated[
        list[str], typer.Option("--signal", metavar="COLUMN", help="One of the signals (repeat).")
    ],
    window: options.Window = 60,
    count: options.Count = 5,
    dimensions: Annotated[
        int | None, typer.Option("--dimensions", help="How many signals count (default: all).")
    ] = None,
    include: Annotated[
        list[str] | None, typer.Option("--include", metavar="COLUMN", help="Always takes part.")
    ] = None,
    farthest: Annotated[
        bool, typer.Option("--farthest", help="Let the least alike signals count.")
    ] = False,
    plot: Plot = None,
) -> None:
    """What several signals of one device (--device) do at the same time."""
    from motifleet.matrixprofile import multidimensional_profile

    channels = {signal: reports.chosen(signal, 1)[0] for signal in signals}
    found = multidimensional_profile(
        channels, window, include=include or (), farthest=farthest, **reports.kernels()
    )
    motifs = found.motifs(count, dimensions=dimensions)
    discords = found.discords(count, dimensions=dimensions)
    if plot is not None:
        found.plot(dimensions=dimensions).write_html(plot)
    reports.render(
        {
            "motifs": [each.to_dict() for each in motifs],
            "discords": [each.to_dict() for each in discords],
        },
        {
            "motifs": ["event_ts", "neighbor_ts", "distance", "channels"],
            "discords": ["event_ts", "distance", "channels"],
        },
    )
