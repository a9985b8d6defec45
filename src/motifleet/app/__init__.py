"""The rooms wired together, for the edges and for Python users.

``open_home`` opens a home folder; the ``Motifleet`` it gives lands telemetry in tables and finds
patterns in them, and its ``geo`` answers spatial questions, its ``models`` trains, registers and
scores models, its ``serving`` builds and deploys them, and its ``server`` starts and stops what
answers other programs. ``validate_file`` checks a file without
landing it, ``write_simulation`` writes a simulated fleet to a file, and ``run_demo`` does all of it
in one go and writes a report. Each name is loaded when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
