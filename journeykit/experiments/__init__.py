"""Experiments: who is treated and who is only measured."""
