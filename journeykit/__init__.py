"""Accompany a bank's customers through their journey, from Jupyter."""
