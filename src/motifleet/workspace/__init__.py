"""Projects, users, jobs, and the database behind them.

``open_store`` opens the database: SQLite in the home folder or PostgreSQL, brought up to date as it
is opened. All that the other rooms keep there they keep through functions of this one.
"""

from motifleet.workspace.store import Store, open_store

__all__ = ["Store", "open_store"]
