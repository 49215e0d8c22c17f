"""Pictures on their way in (sources, re-encoding, staging, storage) and out (serving)."""
