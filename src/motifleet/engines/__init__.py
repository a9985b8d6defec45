"""Where work over many groups of devices is done: on this machine, or by Spark.

A room that fans out takes an :class:`Engine` as an argument and never knows which one it has. It
hands over a :class:`Job`, a pure function in two steps that can be sent to another process, and
the items it is for; the engine gives back an Arrow table for each item, in whatever order.
:class:`LocalEngine` reads the next item while the kernels work on this one,
:class:`SparkEngine` has Spark do an item in each of its tasks.
"""

from motifleet.engines.contract import Engine, Job, Kernels
from motifleet.engines.local import LocalEngine
from motifleet.engines.named import engine_named
from motifleet.engines.spark import SparkEngine

__all__ = ["Engine", "Job", "Kernels", "LocalEngine", "SparkEngine", "engine_named"]
