"""Turns the figures of evaluate.py into a Markdown report."""

from ..common.report import table

NAMES = {
    "baseline": "temporal convolution (VideoPose3D-style)", "encoder": "context encoder alone (frozen)",
    "second": "the join's second look alone (no diffusion)", "diffpose_3d": "DiffPose-3D, mean of N = 5, 5 steps",
}  # fmt: skip


def gain(result: dict) -> float:
    """How far DiffPose-3D lies below the encoder, percent of MPJPE."""
    main = result["main"]
    return 100 * (1 - main["diffpose_3d"]["MPJPE"] / main["encoder"]["MPJPE"])


def markdown(result: dict) -> str:
    """The whole report."""
    main, calibration = result["main"], result["calibration"]
    metrics = ["MPJPE", "P-MPJPE", "N-MPJPE", "MPJVE"]
    out = [
        f"# DiffPose-3D on CMU motion capture, split {result['split']}\n",
        f"`{result['command']}` (torch {result['torch']})\n",
        f"{result['windows']} windows of 27 frames ({result['frames']} frames) at 25 frames a second, bodies as captured, each window filmed by",
        "one seeded virtual camera and seen by the simulated detector; all 17 joints, hip at zero, axes of the virtual camera, millimetres.\n",
        table(["method", *metrics, "centre frame"], [[NAMES[n], *(f[m] for m in metrics), result["centre"][n]] for n, f in main.items()]),
        f"DiffPose-3D against the encoder alone: **{gain(result):.1f} % lower MPJPE** (goal 5 %). MPJVE is in mm per frame.\n",
        f"Parameters: encoder {result['parameters']['encoder']:,}, join {result['parameters']['join']:,}, denoiser {result['parameters']['denoiser']:,}.\n",
        "## By source of the motion (MPJPE)\n",
        table(["kind", *(NAMES[n] for n in main)], [[k, *(v[n] for n in main)] for k, v in result["kinds"].items()]),
    ]
    if "ablations" in result:
        out += ablation_text(result["ablations"])
    out += [
        "## Calibration of sigma\n",
        "Sigma of a joint = spread of N = 5 hypotheses times the joint's factor, fitted on val. Share of errors inside of each nominal level",
        "(Gaussian errors, three axes):\n",
        table(["nominal", *calibration["levels"]], [["observed", *calibration["observed"]]]),
        f"Expected calibration error {calibration['ece']} ({calibration['eceRaw']} without the factors). Mean sigma {calibration['meanSigmaMm']} mm an axis, "
        f"root mean square error {calibration['rmsErrorPerAxisMm']} mm an axis. Rank correlation of sigma and error: "
        f"{calibration['spearmanAll']} over all joints, {calibration['spearmanWithinJoint']} within a joint.\n",
    ]
    return "\n".join(out)


def ablation_text(ablations: dict) -> list[str]:
    """Tables of the ablations."""
    subset = ablations["subset"]
    return [
        f"## Ablations (every ninth frame, {subset['frames']} frames; encoder alone {subset['encoder']} mm)\n",
        table(["N (5 steps)", "MPJPE of the mean", "MPJPE of the best of N"], [[n, v["mean"], v["best"]] for n, v in ablations["hypotheses"].items()]),
        table(
            ["DDIM steps", "MPJPE N = 1", "MPJPE N = 5", "spread of N = 5, mm an axis"],
            [[k, v["N=1"], v["N=5"], v["spreadMm"]] for k, v in ablations["steps"].items()],
        ),
        "Variants, each trained with the same small budget:\n",
        table(
            ["variant", "training steps", "N = 5, 5 steps", "N = 1, 5 steps", "N = 5, 1 step", "spread, mm an axis"],
            [[k, v["steps"], v["N=5, 5 steps"], v["N=1, 5 steps"], v["N=5, 1 step"], v["spreadMm"]] for k, v in ablations["variants"].items()],
        ),
    ]
