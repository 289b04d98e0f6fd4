"""Runs the demonstration as one command: servers, database, web, worker and beat under one parent."""
