"""The manifest of a pack: what the graphs take and give, the diffusion's constants, training, accuracy."""

from pathlib import Path

from ..common.diffusion import step_list
from ..common.manifest import graph_entries, value
from .lifting_input import CONSTANTS, DEFAULT_FOCAL
from .mixture import MISSING_SIGMA

DATA = "CMU Graphics Lab Motion Capture Database (mocap.cs.cmu.edu), 17 joints, seen through virtual cameras and a simulated detector"
DATA_LICENSE = (
    "free for use in research and commercial projects worldwide; the data used in this project was obtained from mocap.cs.cmu.edu, "
    "the database was created with funding from NSF EIA-0196217"
)


def manifest(
    files: dict[str, dict[str, Path]], model, stats: dict, scales: list[float], trained: dict,
    dtypes: list[dict], version: str, report: dict | None, frames: int, width: int, notes: str = "",
) -> dict:  # fmt: skip
    """The content of manifest.json."""
    ports = {
        "context": {
            "inputs": [value("points", ["B", frames, 17, 3])],
            "outputs": [value("pose", ["B", frames, 17, 3]), value("features", ["B", frames, 17, width])],
        },
        "denoise": {
            "inputs": [
                value("state", ["P", 17, 5]), value("anchor", ["P", 17, 10]), value("features", ["P", 17, width]), value("step", ["P"]),
            ],
            "outputs": [value("clean", ["P", 17, 5])],
        },
    }  # fmt: skip
    graphs = {
        name: entry | {"threads": 1}  # bench/lift_vs_pytorch.ts: a second WASM thread gains nothing over whole windows, and costs a core
        for name, entry in graph_entries(files, ports, optimised=("q8",)).items()
    }
    accuracy = []
    if report:
        for method, figures in report["main"].items():
            accuracy += [
                {"split": report["split"], "method": method, "metric": metric, "value": figure,
                 "unit": "mm/frame" if metric == "MPJVE" else "mm", "command": report["command"]}
                for metric, figure in figures.items()
            ]  # fmt: skip
    return {
        "format": "diffpose-pack/1", "name": "diffpose-3d", "version": version, "system": "diffpose_3d", "license": "MIT",
        "skeleton": "h36m17",
        "input": {
            "skeleton": "coco17", "frames": frames, "channels": 3, "defaultFocal": DEFAULT_FOCAL, "minFps": 10, "maxFps": 60,
            "cocoToH36m": {"neck": CONSTANTS["neck"], "head": CONSTANTS["head"]},
        },
        "joints": 17, "units": "metres",
        "diffusion": {
            "steps": len(model.alphas), "alphaBar": [float(f"{a:.9g}") for a in model.alphas.tolist()], "prediction": "x0",
            "defaultSteps": 5, "defaultHypotheses": 5, "mixtures": 5, "stepList": step_list(5, len(model.alphas)),
            "missingSigma": MISSING_SIGMA,
        },
        "residualMixture": [[[round(x, 6) for x in kernel] for kernel in joint] for joint in stats["mixture5"].tolist()],
        "depthSigma": [[round(x, 6) for x in axis] for axis in stats["depthSigma"].tolist()],
        "sigmaScale": scales,
        "graphs": graphs,
        "training": {
            "data": DATA, "license": DATA_LICENSE, "seed": trained["encoder"]["train"]["seed"],
            "stepsOfLastRun": {stage: saved["step"] for stage, saved in trained.items()},
            "commands": [
                "python -m diffpose_training.diffpose_3d.train --stage encoder",
                "python -m diffpose_training.diffpose_3d.train --stage cache",
                "python -m diffpose_training.diffpose_3d.train --stage denoiser",
                "python -m diffpose_training.diffpose_3d.evaluate --split val --calibrate",
                "python -m diffpose_training.diffpose_3d.export --out ../models/diffpose-3d",
            ],
            "notes": notes,
        },
        "accuracy": accuracy,
        "dtypes": dtypes,
    }  # fmt: skip
