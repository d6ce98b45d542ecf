"""Storage: rows in SQLite or PostgreSQL, audio in a folder or an S3-compatible store.

Knows no HTTP: its errors are the domain's, and `earwitness_server.errors` answers them.
"""
