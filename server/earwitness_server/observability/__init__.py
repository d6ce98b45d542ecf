"""Logs, metrics and traces. They never hold a name, a word, a query or a key."""
