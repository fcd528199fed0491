"""What does the platform do around a function app? This package does the same on one machine.

It runs timers, queues and HTTP as the Functions host does, converts with ``azure.functions``' own converters, and keeps
its state in storage only: killed at any moment and started again, it goes on. ``python -m sandbox.host --help``.
"""
