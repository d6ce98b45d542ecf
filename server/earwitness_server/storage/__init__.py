"""What the server keeps: rows in SQLite or PostgreSQL, audio in a folder or an S3-like store."""
