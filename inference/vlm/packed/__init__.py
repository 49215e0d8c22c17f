"""Trained models small enough to ship: what differs from public weights, and from it the folder that pipelines load."""
