"""Turns the published checkpoints of the CVPR 2023 DiffPose code into a model pack.

    python -m diffpose_training.diffpose_3d.import_official --lifter X.pth --denoiser Y.pth --out DIR

Frame or video is read from the lifter. No pickled code is run: files that need it are refused.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from .official.build import build_denoiser, build_lifter
from .official.checkpoint import CheckpointError, read_weights
from .official.pack import DTYPES, LICENSE, Official, write_pack


def import_official(
    lifter: Path, denoiser: Path, *, points: str = "cpn", weights: str = "raw", license: str = LICENSE
) -> Official:
    """Reads and checks both checkpoints. Raises CheckpointError, which names file, key, rule and value."""
    kind, lifter_network = build_lifter(str(lifter), read_weights(lifter))
    # The running average is kept for the denoiser; the lifter was trained elsewhere and is always taken as it is.
    denoiser_network = build_denoiser(str(denoiser), read_weights(denoiser, weights))
    sources = {
        role: {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for role, path in (("lifter", lifter), ("denoiser", denoiser))
    }
    return Official(kind, points, weights, lifter_network, denoiser_network, sources, license)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lifter", type=Path, required=True, help="frame (gcn_xyz_*.pth) or video (mixste_*.bin)")
    parser.add_argument("--denoiser", type=Path, required=True, help="diffpose_*uvxyz_*.pth")
    parser.add_argument("--out", type=Path, required=True, help="folder of the pack")
    parser.add_argument("--input", choices=["cpn", "gt"], default="cpn", help="2D points that the checkpoint is for")
    parser.add_argument(
        "--weights", choices=["raw", "ema"], default="raw",
        help="denoiser: last weights (as the official evaluation) or their running average",
    )  # fmt: skip
    parser.add_argument("--dtypes", default=",".join(DTYPES), help="comma-separated, out of fp32, q8")
    parser.add_argument("--license", default=LICENSE, help="text for the manifest")
    options = parser.parse_args(arguments)
    dtypes = tuple(dict.fromkeys(options.dtypes.split(",")))
    for dtype in dtypes:
        if dtype not in DTYPES:
            parser.error(f"--dtypes must be out of {', '.join(DTYPES)}: {dtype!r}")
    try:
        official = import_official(
            options.lifter, options.denoiser, points=options.input, weights=options.weights, license=options.license
        )
        reports = write_pack(official, options.out, dtypes)
    except (CheckpointError, ValueError, OSError) as error:
        print(f"import_official: {error}", file=sys.stderr)
        return 1
    for report in reports:
        print(f"{report.file:20} {report.bytes:>12,} bytes  largest error against PyTorch {report.error:.2e}")
    print(f"{official.kind} pack, {official.frames} frame(s) a window: {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
