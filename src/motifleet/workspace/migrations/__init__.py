"""How the tables came to be what they are: one module for each step, applied by Alembic."""

from importlib.resources import files

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine


def steps() -> ScriptDirectory:
    """All migrations."""
    return ScriptDirectory(str(files("motifleet.workspace") / "migrations"))


def upgrade(engine: Engine, found: str | None, to: str = "head") -> None:
    """Take a database from a revision (None: an empty one) to the newest, all or nothing."""

    def to_head(_revision: object, _context: object) -> object:
        return steps()._upgrade_revs(to, found or "base")

    with engine.connect() as connection:
        writing = connection.execution_options(motifleet_write=True)
        with writing.begin():
            options = {"fn": to_head, "transactional_ddl": True}
            context = MigrationContext.configure(writing, opts=options)
            with Operations.context(context):
                context.run_migrations()
