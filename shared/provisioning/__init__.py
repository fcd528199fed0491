"""One entry, one pass: what should happen to one person, decided without any I/O.

Nothing in this package reads a clock, draws a random number, logs, or does I/O; such things are arguments.
"""
