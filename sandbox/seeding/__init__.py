"""How does a world begin whose tenants agree already? What many cycles would have written is written at once.

So cycles of a million people can be run on one machine. A test holds what is written here against what cycles write.
"""

from sandbox.seeding.agreed import AgreedWorld
from sandbox.seeding.rows import DatabaseSink, RowsSink, Sink, seed_rows
from sandbox.seeding.seed import AgreedSeed
from sandbox.seeding.standing import CYCLES, seed_standing

__all__ = ["CYCLES", "AgreedSeed", "AgreedWorld", "DatabaseSink", "RowsSink", "Sink", "seed_rows", "seed_standing"]
