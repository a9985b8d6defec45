"""Wherever Rust is told to trust the code, the code says why it may."""

import re
from pathlib import Path

import pytest

SOURCES = sorted((Path(__file__).parents[2] / "rust" / "src").rglob("*.rs"))
REASON = re.compile(r"//.*(SAFETY:|# Safety)")
NO_CODE = re.compile(r"\s*(//|#\[)")


def unsafe_lines(source: str) -> list[tuple[int, bool]]:
    """The lines with `unsafe`, and whether the comment right above it gives a reason."""
    lines, found = source.split("\n"), []
    for number, line in enumerate(lines):
        if not re.search(r"\bunsafe\b", line.split("//")[0]):
            continue
        above, reasons = number, REASON.search(line) is not None
        # A statement may have begun some lines before its block.
        while above > 0 and not reasons:
            above -= 1
            if NO_CODE.match(lines[above]):
                reasons = REASON.search(lines[above]) is not None
            elif not continues(lines[above]):
                break
        found.append((number + 1, reasons))
    return found


def continues(line: str) -> bool:
    """Whether a statement goes on after this line."""
    return not line.rstrip().endswith((";", "{", "}", ","))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_unsafe_has_its_reason(path: Path) -> None:
    bare = [number for number, reasons in unsafe_lines(path.read_text()) if not reasons]
    assert not bare, f"{path.name}: `unsafe` without a SAFETY comment on lines {bare}"


def test_it_is_seen_where_there_is_none() -> None:
    assert unsafe_lines("let a = 1;\nunsafe { b() };") == [(2, False)]
    assert unsafe_lines("// SAFETY: c.\nlet a =\n    unsafe { b() };") == [(3, True)]
    assert unsafe_lines("/// # Safety\n/// Row i.\n#[inline]\nunsafe fn a() {") == [(4, True)]
