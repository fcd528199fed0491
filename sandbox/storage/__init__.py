"""Storage for worlds that Azurite is too slow for: what the product uses of tables and queues, over SQLite.

Azurite looks through a whole table for each page of a query, so it is of no use from about 100,000 people on. Nothing
here stands for Azure: what storage does is tested with Azurite, and this is held to the same contract.
"""
