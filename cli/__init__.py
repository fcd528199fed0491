"""The operator's command line: the verbs of the HTTP API for terminals and pipelines.

Exit status: 0 done, 1 the answer is no (an invalid document, a refusal of the server, a failed person), 2 nobody
could be asked (wrong usage, an unreadable file, an unreachable server).
"""
