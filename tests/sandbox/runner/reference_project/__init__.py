"""A function app that stands for the product in whole runs of the runner."""
