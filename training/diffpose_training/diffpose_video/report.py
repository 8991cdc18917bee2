"""Turns the figures of evaluate.py into a Markdown report."""

from ..common.report import table

NAMES = {
    "movenet": "MoveNet's decoding", "conv": "same features, convolution head", "frames1": "DiffPose-Video, 1 frame",
    "frames3": "DiffPose-Video, 3 frames", "frames5": "DiffPose-Video, 5 frames", "model": "the published model",
    "still": "the published model, the key frame five times",
}  # fmt: skip
JOINTS = ("nose", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")


def by_set(result: dict, metric: str, figure: str) -> str:
    """One figure of every method on every set of clips."""
    sets = list(result["windows"])
    rows = [[NAMES[name], *(row[s][metric].get(figure, "-") for s in sets)] for name, row in result["start"].items()]
    return table(["method", *sets], rows)


def joint_rows(rows: dict) -> list[list]:
    """AP and PCKh of each joint."""
    return [[key, row["oks"]["AP"], row["pckh"].get("all", "-"), *(row["pckh"].get(joint, "-") for joint in JOINTS)] for key, row in rows.items()]


def dial_text(result: dict) -> list[str]:
    """Sets, steps, start, LMSFI, dtypes."""
    dials = result["dials"]
    head = ["OKS AP", "PCKh", *JOINTS]
    out = [
        f"## Sets, steps, start ({dials['scene']} clips, {dials['windows']} windows)\n",
        table(["sets (1 step)", *head], joint_rows(dials["sets"])),
        table(["sets (4 steps)", *head], joint_rows(dials["setsOf4Steps"])),
        table(["steps (1 set)", *head], joint_rows(dials["steps"])),
        table(["start", *head], joint_rows(dials["start"])),
    ]
    if result.get("lmsfi"):
        steps = sorted({result["trainedSteps"][name] for name in result["lmsfi"]})
        out += [f"## LMSFI, each trained with the same small budget ({', '.join(map(str, steps))} steps); {result['dials']['scene']}, all windows\n", table(["where it looks up", *head], joint_rows(result["lmsfi"]))]
    if result.get("dtypes"):
        rows = [[k, v["bytes"], v["ms"], v["oks"]["AP"], v["pckh"].get("all", "-")] for k, v in result["dtypes"].items()]
        out += ["## Storage types (ONNX Runtime)\n", table(["dtype", "bytes", "ms a window", "OKS AP", "PCKh"], rows)]
    return out


def markdown(result: dict) -> str:
    """The whole report."""
    default = result["default"]
    out = [
        f"# DiffPose-Video, split {result['split']}\n",
        f"`{result['command']}` (torch {result['torch']})\n",
        "Every method gets the annotated boxes, one crop a person; AP is COCO's OKS AP (pycocotools), PCKh at half a head (rendered clips only), percent.",
        f"DiffPose-Video samples {default['sets']} sets of {default['steps']} steps where nothing else is said. Windows: {result['windows']}.",
        f"Training steps: {result['trainedSteps']}.\n",
        "## Against the start: OKS AP\n", by_set(result, "oks", "AP"),
        "## Against the start: PCKh@0.5\n", by_set(result, "pckh", "all"),
        "## Wrists and ankles: PCKh@0.5\n", by_set(result, "pckh", "wrist"), by_set(result, "pckh", "ankle"),
    ]  # fmt: skip
    if "dials" in result:
        out += dial_text(result)
    return "\n".join(out)
