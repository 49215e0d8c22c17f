"""The demo bucket: its texts, and the programs that draw or copy its pictures."""
