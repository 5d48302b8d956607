"""The tests, by room of the program; `servers` holds the real servers that they talk to."""
