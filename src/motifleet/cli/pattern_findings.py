"""``motifleet pattern``: what one signal tells beyond motifs and discords."""

from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.reports import Plot, Reports, over_reports

PLACE = ["device_id", "event_ts", "index"]
SHOWN = 10
"""Occurrences of each motif that a terminal shows."""
Constant = Annotated[
    bool, typer.Option("--constant", help="Let windows count that hold a single value.")
]


@over_reports
def motif_sets(
    reports: Reports,
    signal: options.Signal,
    window: options.Window = 60,
    count: options.Count = 3,
    radius: Annotated[
        float | None, typer.Option("--radius", help="How far a member may be (default: found).")
    ] = None,
    constant: Constant = False,
) -> None:
    """What comes back, and every time that it does, over all devices."""
    from motifleet import matrixprofile

    found = matrixprofile.motif_sets(
        reports.fleet(signal),
        window,
        k=count,
        radius=radius,
        constant=constant,
        **reports.kernels(),
    )
    reports.output.document({"motif_sets": [each.to_dict() for each in found]})
    rows = [
        {"set": number, **member.to_dict()}
        for number, each in enumerate(found, 1)
        for member in each.members
    ]
    reports.output.rows(rows, ["set", *PLACE, "distance"])


@over_reports
def segment(
    reports: Reports,
    signal: options.Signal,
    window: options.Window = 60,
    count: options.Count = 1,
    zone: Annotated[
        int, typer.Option("--zone", help="Windows' lengths between boundaries and to the ends.")
    ] = 5,
) -> None:
    """Where each device changes its behaviour."""
    from motifleet import matrixprofile

    fleet, how = reports.fleet(signal), reports.kernels()
    each = matrixprofile.per_device(fleet, matrixprofile.segment, window, zone=zone, **how)
    found = [one.to_dict() for _, result in each for one in result.boundaries(count)]
    reports.render({"boundaries": found}, {"boundaries": [*PLACE, "score"]})


@over_reports
def snippets(
    reports: Reports,
    signal: options.Signal,
    window: options.Window = 60,
    count: options.Count = 2,
    share: Annotated[float, typer.Option("--share", help="As for mpdist.")] = 0.05,
) -> None:
    """The stretches that stand for most of each device's signal."""
    from motifleet import matrixprofile

    fleet, how = reports.fleet(signal), reports.kernels()
    each = matrixprofile.per_device(
        fleet, matrixprofile.snippets, window, k=count, share=share, **how
    )
    found = [one.to_dict() for _, result in each for one in result.found]
    reports.render({"snippets": found}, {"snippets": [*PLACE, "fraction"]})


@over_reports
def consensus_motif(
    reports: Reports,
    signal: options.Signal,
    window: options.Window = 60,
    constant: Constant = False,
    plot: Plot = None,
) -> None:
    """The one shape that all devices have, and where each has it."""
    from motifleet import matrixprofile

    found = matrixprofile.consensus_motif(
        reports.fleet(signal), window, constant=constant, **reports.kernels()
    )
    reports.draw(found, plot)
    reports.output.document(found.to_dict())
    reports.output.line(f"every device has a window within {found.radius:.4g} of it")
    reports.output.rows([each.to_dict() for each in found.occurrences], [*PLACE, "distance"])


@over_reports
def shared(
    reports: Reports,
    signal: options.Signal,
    window: options.Window = 60,
    count: options.Count = 3,
    min_devices: Annotated[
        str,
        typer.Option(
            "--min-devices",
            metavar="N",
            help="Devices that share it: a number (12) or a share (0.5, 50%).",
        ),
    ] = "50%",
    max_distance: Annotated[
        float | None,
        typer.Option("--max-distance", help="How far an occurrence may be (default: found)."),
    ] = None,
    constant: Constant = False,
    into: options.Into = None,
    engine: options.EngineName = None,
) -> None:
    """The shapes that many devices share, and every time that a device has them."""
    with reports.output.progress("comparing devices") as bar:
        found = reports.open().shared_motifs(
            reports.table,
            signal,
            window,
            min_devices=number_or_share(min_devices),
            k=count,
            max_distance=max_distance,
            constant=constant,
            selection=reports.selection,
            step=reports.step,
            into=into,
            engine=engine,
            progress=bar,
        )
    output = reports.output
    output.document({"shared_motifs": [each.to_dict() for each in found]})
    if not found:
        output.line("no shared motifs: no window that varies is on so many devices")
        return
    columns = [*PLACE, "devices", "times", "radius", "reach"]
    rows = [
        {"motif": number, **{name: getattr(one, name, len(one)) for name in columns}}
        for number, one in enumerate(found, 1)
    ]
    output.rows(rows, ["motif", *columns])
    near = [
        {"motif": number, **{name: getattr(each, name) for name in [*PLACE, "distance"]}}
        for number, one in enumerate(found, 1)
        for each in one.occurrences[:SHOWN]
    ]
    output.rows(near, ["motif", *PLACE, "distance"], "nearest occurrences")
    if any(len(one) > SHOWN for one in found):
        output.note(f"the {SHOWN} nearest of each; --json and --into have all of them")


def number_or_share(text: str) -> float:
    """A number of devices, or a share of them as 0.5 or 50%."""
    try:
        if text.endswith("%"):
            return float(text[:-1]) / 100
        return float(text) if "." in text else int(text)
    except ValueError:
        raise typer.BadParameter(
            f"expected a number of devices (12) or a share (0.5, 50%), got {text!r}"
        ) from None


@over_reports
def variable_discords(
    reports: Reports,
    signal: options.Signal,
    shortest: Annotated[int, typer.Option("--shortest", metavar="M", help="From this length…")],
    longest: Annotated[int, typer.Option("--longest", metavar="M", help="… up to this one …")],
    by: Annotated[int, typer.Option("--by", min=1, help="… in such steps.")] = 1,
    count: options.Count = 5,
    plot: Plot = None,
) -> None:
    """What is unusual at any window length, by distance / √m, over all devices."""
    from motifleet import matrixprofile

    found = matrixprofile.variable_discords(
        reports.fleet(signal), range(shortest, longest + 1, by), k=count, **reports.kernels()
    )
    reports.draw(found, plot)
    rows = [each.to_dict() for each in found.best(count)]
    reports.render({"discords": rows}, {"discords": [*PLACE, "m", "distance"]})
