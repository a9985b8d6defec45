"""``motifleet pattern``: motifs, discords and matches in a table's signals."""

import typer

from motifleet.cli import pattern_findings, pattern_profiles, pattern_search

app = typer.Typer(no_args_is_help=True)
for command in (
    pattern_search.motifs,
    pattern_search.discords,
    pattern_search.match,
    pattern_search.anomalies,
    pattern_profiles.profile,
    pattern_profiles.join,
    pattern_profiles.mpdist,
    pattern_profiles.multidimensional,
    pattern_findings.motif_sets,
    pattern_findings.segment,
    pattern_findings.snippets,
    pattern_findings.consensus_motif,
    pattern_findings.shared,
    pattern_findings.variable_discords,
):
    app.command()(command)
