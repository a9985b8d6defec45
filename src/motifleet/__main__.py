"""``python -m motifleet`` is the command ``motifleet``."""

from motifleet.cli.main import main

if __name__ == "__main__":
    main()
