"""A second machine, for what happens to people in the target: edits, blocks, departures, managers, and what documents
say of them.

It shares the town, the engine's host and most operations with the other one, and asks more of the engine.
"""
