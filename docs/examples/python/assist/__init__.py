"""The Remote Assist Protocol in Python, written from docs/spec and proto/ alone."""
