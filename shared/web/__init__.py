"""The HTTP API in Graph's shapes: routes, access and errors; each route calls one use case of `orchestration`.

Nothing here knows Azure Functions: the application is plain ASGI, and `shared.wiring` builds it at first use.
"""
