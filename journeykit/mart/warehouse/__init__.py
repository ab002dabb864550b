"""The mart in the bank's own PostgreSQL: its tables are only read, what we write is in a schema of ours."""
