"""Training: stages of a recipe on transformers' Trainer, resumable at any step."""
