"""The benchmark's modules are scripts beside each other; let them find one another under pytest too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
