"""Training data: rows of JSONL or Parquet and pictures beside them, to batches that a model learns from."""
