"""ONNX Runtime's own graph optimisation, done once and stored, so that opening the graph no longer takes the time and memory of it.

    python -m diffpose_training.common.optimise ../models/diffpose-3d

Rewrites the q8 graphs of a pack in place and its manifest with them (`bytes`, `sha256`, `"optimised": true`). What a graph computes stays the
same to the last bit: the runtime would do the same at every start. On WebAssembly that is most of a small model's start: code that runs once,
long enough to be compiled by the optimising compiler. Stored graphs hold operators of ONNX Runtime (`com.microsoft`), which other runtimes lack.
"""

import argparse
import json
import tempfile
from pathlib import Path

import onnx
import onnxruntime

from .graphs import sha256

OWN = "com.microsoft"


def optimise_graph(file: Path) -> None:
    """Fuses the operators of a graph in place, for the CPU provider. Layouts that only one kind of processor has are left out."""
    source = onnx.load(str(file))
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.log_severity_level = 3
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / file.name
        options.optimized_model_filepath = str(target)
        onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        model = onnx.load(str(target))
    used = {node.domain for node in model.graph.node}
    unknown = used - {"", OWN}
    if unknown:
        raise ValueError(f"{file} needs operators of {sorted(unknown)}")
    kept = [entry for entry in model.opset_import if entry.domain in used]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    model.ir_version = source.ir_version
    onnx.save(model, str(file))


def optimise_pack(folder: Path, dtype: str = "q8") -> list[str]:
    """Optimises the graphs of one dtype that are not yet. Returns their files."""
    place = folder / "manifest.json"
    manifest = json.loads(place.read_text())
    done = []
    for graph in manifest["graphs"].values():
        entry = graph.get(dtype)
        if entry is None or entry.get("optimised"):
            continue
        file = folder / entry["file"]
        optimise_graph(file)
        entry |= {"bytes": file.stat().st_size, "sha256": sha256(file), "optimised": True}
        done.append(entry["file"])
    for row in manifest.get("dtypes", []):
        if row["dtype"] == dtype and "bytes" in row:
            row["bytes"] = sum(graph[dtype]["bytes"] for graph in manifest["graphs"].values())
    place.write_text(json.dumps(manifest, indent=1) + "\n")
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packs", type=Path, nargs="+", help="folders with a manifest.json")
    for pack in parser.parse_args().packs:
        for name in optimise_pack(pack):
            print(f"{pack / name}: {(pack / name).stat().st_size} bytes")


if __name__ == "__main__":
    main()
