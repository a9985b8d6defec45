"""Files as they are at a commit, whatever lies in the folder now."""

from collections.abc import Sequence
from pathlib import Path

from motifleet.errors import ProjectSourceError
from motifleet.workspace.git import git

_MODES = (b"100644", b"100755")


def files_at_commit(files: Sequence[Path], revision: str, into: Path) -> tuple[str, list[Path]]:
    """Write files into a folder as they are at a commit of the repository that they are in.

    Args:
        files: where they are, or were, in the repository's folder.
        revision: the commit, or a tag or a branch.
        into: the folder that they are written to, by their names.

    Returns:
        The commit's full hash, and where the files are.

    Raises:
        ProjectSourceError: there is no such repository or commit, or it has no such file.
    """
    found = {_commit(path.parent, revision) for path in files}
    if len(found) != 1:
        raise ProjectSourceError("expected files of one repository, got files of several")
    (commit,) = found
    if len({path.name for path in files}) != len(files):
        raise ProjectSourceError("expected files of different names, since they share a folder")
    return commit, [_written(path, commit, into / path.name) for path in files]


def _commit(folder: Path, revision: str) -> str:
    what = f"expected a commit of the repository that {folder} is in, got {revision!r}"
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return git("-C", str(folder), *words, what=what).decode().strip()


def _written(path: Path, commit: str, target: Path) -> Path:
    what = f"expected {path.name} at commit {commit[:12]}, got none"
    inside = ("-C", str(path.parent))
    listed = git(*inside, "ls-tree", commit, "--", f"./{path.name}", what=what)
    if not listed.startswith(_MODES):
        raise ProjectSourceError(f"{what}: it is not there, or no file")
    target.write_bytes(git(*inside, "cat-file", "blob", f"{commit}:./{path.name}", what=what))
    return target
