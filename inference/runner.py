"""The runner: see `inference.contracts.BatchRunner`."""
