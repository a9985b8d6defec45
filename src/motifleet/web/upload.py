"""A file that is uploaded: looked at first, and landed only when it is said so."""

import asyncio
import re
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from nicegui import ui

from motifleet.app import FileCheck, ImportResult, Progress, validate_file
from motifleet.web.parts import column, facts, listing, way
from motifleet.web.visit import Visit, address
from motifleet.web.work import worked

_TYPES = (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson", ".gz")
_LARGEST = 2 << 30
_CHOOSE = """<div class="choose">
    <q-btn no-caps unelevated color="primary" icon="upload_file" label="Choose a file"
        @click="props.pickFiles"></q-btn>
    <label class="quiet">or drop it here<q-uploader-add-trigger></q-uploader-add-trigger></label>
    <span v-if="props.isUploading" role="status">{{ props.uploadProgressLabel }} sent</span>
</div>"""


class Uploading:
    """The way of a file from the browser into a table.

    Args:
        visit: whose page it is on.
        tables: the names that there are.
    """

    def __init__(self, visit: Visit, tables: Sequence[str]) -> None:
        self.visit, self.tables = visit, list(tables)
        self.file: Path | None = None
        self.name = ""
        self._folder = tempfile.TemporaryDirectory(prefix="motifleet-upload-")
        ui.context.client.on_delete(self._folder.cleanup)
        ui.label(
            "CSV, Parquet or JSON Lines. It is checked first; nothing lands before you say so."
        ).classes("quiet")
        self.box = (
            ui.upload(
                label="Choose or drop a file",
                auto_upload=True,
                max_files=1,
                max_file_size=_LARGEST,
                on_upload=self._came,
                on_rejected=lambda: ui.notify(
                    "That file is too large for the page: use the command.", type="negative"
                ),
            )
            .props(f'flat bordered accept="{",".join(_TYPES)}"')
            .classes("upload")
        )
        self.box.add_slot("header", _CHOOSE)
        self.box.add_slot("list", "<span></span>")
        self.place = ui.element("div").props('data-part="check"')

    async def _came(self, event: Any) -> None:
        """Keep the file, and say what an import would do."""
        self.visit.allow("table.write")
        self.name = Path(event.file.name).name or "upload"
        safe = re.sub(r"[^A-Za-z0-9._-]", "_", self.name)[-100:].lstrip(".") or "upload"
        self.file = Path(self._folder.name) / safe
        await event.file.save(self.file)
        self.box.reset()
        await self._check()

    async def _check(self) -> None:
        work = partial(_checked, self.file)
        found = await worked(self.place, f"Checking {self.name} …", work, "rows")
        if found is None or self.place.is_deleted:
            return
        with self.place:
            self._preview(found)

    def _preview(self, check: FileCheck) -> None:
        share = check.accepted + check.rejected
        roles = ", ".join(f"{name} ({role})" for name, role in check.columns.items())
        facts(
            [
                ("file", self.name, f"{share:,} rows"),
                ("would land", f"{check.accepted:,}", ""),
                (
                    "would be rejected",
                    f"{check.rejected:,}",
                    "kept in the table rejected, with reasons",
                ),
            ]
        )
        ui.label(f"columns: {roles}").classes("quiet")
        for hint in check.hints:
            ui.label(hint).classes("quiet")
        if check.reasons:
            rows = [
                {"id": why, "reason": why, "rows": f"{n:,}"}
                for why, n in check.reasons.most_common()
            ]
            listing(
                [column("reason"), column("rows", kind="number")],
                rows,
                title="Why rows are rejected",
            )
        if not check.accepted:
            ui.label("No row can land: mend the file and upload it again.").props("role=status")
            return
        with ui.element("div").classes("tools"):
            stem = (
                re.sub(r"[^a-z0-9_]+", "_", self.name.split(".")[0].lower()).strip("_") or "reports"
            )
            table = ui.input(
                "into table",
                value=stem if stem[0].isalpha() else f"t_{stem}",
                autocomplete=self.tables,
            ).props("outlined dense")
            ui.button(
                f"Land {check.accepted:,} rows",
                icon="download_done",
                on_click=lambda: self._land(table.value or ""),
            ).props("no-caps unelevated")
            ui.button("Leave it", on_click=self.place.clear).props("no-caps flat")

    async def _land(self, table: str) -> None:
        """Land the file, in the name of who uploaded it."""
        desk = self.visit.allow("table.write")
        work = partial(self._landed, table)
        done = await worked(self.place, f"Landing {self.name} in {table} …", work, "rows")
        if done is None:
            return
        await asyncio.to_thread(
            desk.note,
            "table.write",
            table,
            done="file landed",
            file=self.name,
            accepted=done.accepted,
            rejected=done.rejected,
            snapshot=done.snapshot_id,
        )
        if not self.place.is_deleted:
            with self.place:
                self._told(done)

    def _landed(self, table: str, progress: Progress) -> ImportResult:
        assert self.file is not None  # noqa: S101 (there is a button to land it only when it came)
        return self.visit.fleet.import_file(self.file, table, progress=progress)

    def _told(self, done: ImportResult) -> None:
        facts(
            [
                ("landed", f"{done.accepted:,}", f"in {done.table}"),
                ("there already", f"{done.already:,}", ""),
                ("rejected", f"{done.rejected:,}", ""),
            ]
        )
        with ui.element("div").classes("tools"):
            way(f"Look at {done.table}", address("/tables", {"table": done.table}))
            way("See it on the map", address("/fleet", {"table": done.table}))


def _checked(file: Path | None, progress: Progress) -> FileCheck:
    assert file is not None  # noqa: S101 (it came)
    return validate_file(file, progress=progress)
