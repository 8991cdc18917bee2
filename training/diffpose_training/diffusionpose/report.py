"""Turns the figures of evaluate.py into a Markdown report."""

from ..common.report import table

NAMES = {"movenet": "MoveNet's decoding", "plain": "convolution head, trained alone", "conv": "convolution head (S = 0)"}
FIGURES = ("AP", "AP50", "AP75")


def figures(row: dict) -> list:
    """OKS figures of one answer."""
    return [row["oks"][name] for name in FIGURES]


def main_table(result: dict) -> str:
    """Every method on every set."""
    sets = list(result["people"])
    head = ["method", *(f"{s} {name}" for s in sets for name in FIGURES)]
    rows = [[NAMES.get(key, f"DiffusionPose, S = {key[1:]}"), *(v for s in sets for v in figures(row[s]))] for key, row in result["main"].items()]
    return table(head, rows)


def dials(result: dict) -> list[str]:
    """Samplers and where they start."""
    found = result["dials"]

    def part(title: str, key: str) -> str:
        return table([title, *FIGURES], [[name, *figures(row)] for name, row in found[key].items()])

    return [
        f"## Samplers ({found['scene']}, {found['people']} people)\n",
        part("feedback, S = 2: first t", "start"), part("feedback, S = 2: fed with", "fed"), part("coordinates, from noise", "noise"),
        part("coordinates, from the coarse heatmaps", "coarse"),
    ]  # fmt: skip


def ablations(result: dict) -> list[str]:
    """Networks trained with the same small budget."""
    rows = [[name, result["trainedSteps"][name], *(row[s]["oks"]["AP"] for s in ("0", "1", "2"))] for name, row in result["ablations"].items()]
    return ["## Ablations, each trained with the same small budget: AP\n", table(["network", "steps trained", "S = 0", "S = 1", "S = 2"], rows)]


def dtypes(result: dict) -> list[str]:
    """Storage types."""
    rows = [[k, v["bytes"], v["msPerPerson"], *figures(v)] for k, v in result["dtypes"].items()]
    return ["## Storage types (ONNX Runtime)\n", table(["dtype", "bytes", "ms a person", *FIGURES], rows)]


def markdown(result: dict) -> str:
    """The whole report."""
    out = [
        f"# DiffusionPose, split {result['split']}\n",
        f"`{result['command']}` (torch {result['torch']})\n",
        "Every method gets the annotated boxes, one crop a person; OKS AP by pycocotools, percent. Where nothing else is said, the sampler is",
        f"feedback with two steps from t = {result['default']['start']}. People: {result['people']}. Training steps: {result['trainedSteps']}.\n",
        "## Against the start\n", main_table(result),
    ]  # fmt: skip
    for key, part in (("dials", dials), ("ablations", ablations), ("dtypes", dtypes)):
        if result.get(key):
            out += part(result)
    return "\n".join(out)
