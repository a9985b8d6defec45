"""The checksum of a model's files."""

from hashlib import file_digest, sha256
from pathlib import Path

# MLflow writes this one into the folder when the model is registered or loaded.
_WRITTEN_LATER = "registered_model_meta"


def folder_digest(folder: Path) -> str:
    """SHA-256 over the names and the content of all files in a folder.

    >>> folder = getfixture("tmp_path")
    >>> _ = (folder / "terms.json").write_text("{}")
    >>> before = folder_digest(folder)
    >>> _ = (folder / "terms.json").write_text("{ }")
    >>> folder_digest(folder) == before
    False
    """
    total = sha256()
    files = (path for path in folder.rglob("*") if path.is_file())
    named = sorted((path.relative_to(folder).as_posix(), path) for path in files)
    for name, path in named:
        if name == _WRITTEN_LATER or "__pycache__" in name:
            continue
        with path.open("rb") as file:
            total.update(f"{name}\0{file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()
