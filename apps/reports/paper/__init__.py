"""A report on A4 paper. Imports matplotlib, so only the PDF exporter imports this, when asked to render."""
