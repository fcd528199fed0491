"""Whole runs of the local world, with the product in it as it is or broken on purpose."""
