"""The table of operations, for the documentation."""

from fastapi import FastAPI


def operations_table(site: FastAPI) -> str:
    """Each operation in Markdown: its name, its method and path, its action, what it does."""
    lines = ["| operation | request | action | what it does |", "|---|---|---|---|"]
    for path, methods in site.openapi()["paths"].items():
        for method, told in methods.items():
            words = " ".join(told["description"].partition("\n\n")[0].split())
            request = f"`{method.upper()} {path.removeprefix('/api/v1')}`"
            lines.append(
                f"| `{told['operationId']}` | {request} | `{told['x-action']}` | {words} |"
            )
    return "\n".join(lines)
