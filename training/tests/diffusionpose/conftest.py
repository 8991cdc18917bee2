"""Clips and a stand-in for MoveNet come from the tests of DiffPose-Video."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "diffpose_video"))
