"""Files as blocks of raw rows, one module for each format.

A source gives its column names and its rows in blocks of bounded size; it neither casts nor
judges them. A file that is no file of its format is a ReadError; a row that cannot be taken apart
is a broken row of its block.
"""

from motifleet.telemetry.readers.source import Source, open_source

__all__ = ["Source", "open_source"]
