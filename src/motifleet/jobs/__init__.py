"""Jobs: scripts, notebooks and commands that run in a project's folder, by hand or by themselves.

``following`` says when a cron expression comes next. The `Scheduler` begins runs, holds them to
their cores, memory and time, and notes how they end; what is to run, and what has, is in the
workspace's database. The processes of a run are held by a keeper, which ends them all when the
run does, or when the server is no more.
"""

from motifleet.jobs.commands import command_words, confined
from motifleet.jobs.running import run_log
from motifleet.jobs.scheduler import Scheduler
from motifleet.jobs.times import following

__all__ = ["Scheduler", "command_words", "confined", "following", "run_log"]
