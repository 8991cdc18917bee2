"""Turns the figures of evaluate.py into a Markdown report."""

from ..common.report import table

METHODS = {"movenet": "MoveNet's decoding", "plain": "convolution head, trained alone", "conv": "convolution head (S = 0)"} | {
    f"s{steps}": f"DiffusionPose, S = {steps}" for steps in (1, 2, 3, 5)
}  # fmt: skip
FIGURES = ("AP", "AP50", "AP75")
ABLATIONS = {
    "ab_fea": "x^c = x^fea", "ab_kps": "+ M_kps", "ab_ske": "+ M_ske, added without attention", "ab_spatial": "+ A_s", "ab_channel": "+ A_c",
    "ab_both": "both: the model as it is", "ab_s8": "s = 8", "ab_zeta1": "zeta = 1", "ab_zeta5": "zeta = 5",
}  # fmt: skip


def figures(row: dict) -> list:
    """OKS figures of one answer."""
    return [row["oks"][name] for name in FIGURES]


def main_table(result: dict) -> str:
    """Every method on every set."""
    sets = list(result["people"])
    head = ["method", *(f"{s} {name}" for s in sets for name in FIGURES)]
    return table(head, [[METHODS[key], *(v for s in sets for v in figures(row[s]))] for key, row in result["main"].items()])


def gains(result: dict) -> str:
    """How far DiffusionPose with the default steps lies above what it starts from, AP."""
    main, ours = result["main"], f"s{result['default']['steps']}"

    def above(other: str) -> str:
        return ", ".join(f"{main[ours][s]['oks']['AP'] - main[other][s]['oks']['AP']:+.1f} on {s}" for s in result["people"])

    return "S = {} above {}.\n".format(ours[1:], "; above ".join(f"{METHODS[other]}: {above(other)}" for other in ("conv", "plain", "movenet") if other in main))


def dials(result: dict) -> list[str]:
    """Samplers and where they start."""
    found = result["dials"]

    def part(title: str, key: str) -> str:
        return table([title, *FIGURES], [[name, *figures(row)] for name, row in found[key].items()])

    return [
        f"## Samplers ({found['scene']}, {found['people']} people)\n",
        part("feedback, S = 2: first t", "start"), part("feedback, S = 2: fed with", "fed"), "Coordinates (DDIM), by steps and hypotheses:\n",
        part("from noise", "noise"), part("from the coarse heatmaps", "coarse"),
    ]  # fmt: skip


def ablations(result: dict) -> list[str]:
    """Networks trained with the same small budget."""
    found = result["ablations"]
    rows = [[name, ABLATIONS.get(name, ""), row["steps"], *(row[s]["oks"]["AP"] for s in ("0", "1", "2"))]
            for name, row in sorted(found.items(), key=lambda item: [*ABLATIONS, item[0]].index(item[0]))]  # fmt: skip
    return ["## Ablations, each trained with the same small budget: AP\n", table(["network", "", "steps trained", "S = 0", "S = 1", "S = 2"], rows)]


def dtype_rows(result: dict) -> list[dict]:
    """Storage types: size, speed, accuracy."""
    return [{"dtype": name, "bytes": row["bytes"], "ms": row["ms"], **{f: row["oks"][f] for f in FIGURES}} for name, row in result.get("dtypes", {}).items()]


def dtypes(result: dict) -> list[str]:
    """The same as a table."""
    return ["## Storage types (ONNX Runtime, S = 2)\n", table(["dtype", "bytes", "ms a person", *FIGURES], [list(row.values()) for row in dtype_rows(result)])]


def error_bars(result: dict) -> list[str]:
    """How far sigma tells the error."""
    found = result["errorBars"]
    rows = [[sampler, row["eceRaw"], row["ece"], row["spearman"]] for sampler, row in found["samplers"].items()]
    return [
        f"## Error bars (fitted on {found['split']} at step {found['step']})\n",
        table(["sampler", "calibration error before", "and with the joints' factors", "rank correlation of sigma and error"], rows),
    ]


def markdown(result: dict) -> str:
    """The whole report."""
    out = [
        f"# DiffusionPose, split {result['split']}\n",
        f"`{result['command']}` (torch {result['torch']})\n",
        "Every method gets the annotated boxes, one crop a person; OKS AP by pycocotools, percent. Where nothing else is said, the sampler is",
        f"feedback with two steps from t = {result['default']['start']}. People: {result['people']}. Training steps: {result['trainedSteps']}.\n",
        "## Against the start\n", main_table(result), gains(result),
    ]  # fmt: skip
    for key, part in (("dials", dials), ("ablations", ablations), ("dtypes", dtypes), ("errorBars", error_bars)):
        if result.get(key):
            out += part(result)
    return "\n".join(out)
