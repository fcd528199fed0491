"""Where decisions meet I/O: one use case per file, all of it through `ports`."""
