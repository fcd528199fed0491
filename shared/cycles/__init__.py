"""A configuration over time: cycles, links, pending work, guards.

Nothing in this package reads a clock, draws a random number, logs, or does I/O; such things are arguments.
"""
