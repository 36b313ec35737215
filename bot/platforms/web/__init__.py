"""The local web chat: a page that behaves like a small chat channel, with /healthz and /metrics beside it."""
