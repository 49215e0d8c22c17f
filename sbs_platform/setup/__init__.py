"""What a fresh machine needs before and beside the Python packages."""
