"""Strategies: a journey as a value, its checks, and the engine that moves people through it."""
