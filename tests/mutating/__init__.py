"""Which changes to the source would no test notice? Run by hand: `python -m tests.mutating --help`."""
