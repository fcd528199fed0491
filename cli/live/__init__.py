"""How does it behave between two real tenants? Ten canaries, the open points of docs/unverified.md, and a report.

For a person with two tenants that are set up; no test of ours runs it against anything but simulated ones. Whatever it
makes is named `tenantsync-canary-…`, and is gone again when it ends, also where it ends early.
"""
