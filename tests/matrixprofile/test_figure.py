import numpy as np

from motifleet.matrixprofile import matrix_profile
from motifleet.types import Series


def signal() -> Series:
    values = np.random.default_rng(23).normal(size=300).cumsum()
    values[200:230] = values[40:70]
    values[120] = np.nan
    times = np.datetime64("2026-01-01", "us") + np.arange(300) * np.timedelta64(60, "s")
    return Series(values, "truck-7", "speed", times)


def test_the_windows_found_are_drawn_and_named() -> None:
    profile = matrix_profile(signal(), 30)
    figure = profile.plot(motifs=2, discords=1)
    names = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert names[:2] == ["speed", "distance to nearest neighbour"]
    assert [name.split(" (")[0] for name in names[2:]] == ["motif 1", "motif 2", "discord 1"]
    drawn = next(trace for trace in figure.data if trace.name.startswith("motif 1 ("))
    np.testing.assert_array_equal(drawn.y, profile.series.values[40:70])
    assert drawn.x[0] == np.datetime64("2026-01-01T00:40", "us")
    assert "truck-7" in figure.layout.title.text


def test_it_can_be_written_as_a_page() -> None:
    page = matrix_profile(signal().values, 30).plot(motifs=0).to_html(include_plotlyjs=False)
    assert "discord 1" in page
    assert "motif 1" not in page
