"""A function app of its own, as a project directory would hold it."""
