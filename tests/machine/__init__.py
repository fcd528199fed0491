"""The property machine: the whole engine in memory lives any life, and an oracle watches each thing that it does.

`python -m tests.machine --help` runs it for as long as one likes; docs/reliability.md says what is checked.
"""
