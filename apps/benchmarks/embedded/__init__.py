"""Benchmarks that come with the product: pictures of installed packages, and drawings from a seeded generator."""
