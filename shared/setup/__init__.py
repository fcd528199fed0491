"""What two tenants need so that people can be synchronized: what to change, how to put it back, and what is amiss.

Pure: what was read from Graph comes in, decisions go out as data (a plan, an undo, findings). The command line reads
and sends as an administrator, `shared.adapters` reads as the application.
"""
