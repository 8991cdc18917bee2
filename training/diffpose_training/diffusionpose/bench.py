"""Times the network in PyTorch as the library uses it: people in batches, the encoder once, feedback of some steps.

    python -m diffpose_training.diffusionpose.bench [--people 8] [--steps 1,2,3,5] [--batch 1,8] [--threads 1,2] [--repeats 3]

Prints one JSON line: milliseconds of all people, the fastest round. Speed does not depend on the weights, so they are random. `bench/diffusionpose.ts` runs
this beside the same graphs in onnxruntime-web.
"""

import argparse
import json
import time

import torch

from .graphs import example
from .model import DiffusionPose
from .sampler import heatmaps_of


@torch.inference_mode()
def milliseconds(model: DiffusionPose, inputs: tuple[torch.Tensor, ...], steps: int, batch: int, repeats: int) -> dict[str, float]:
    """Clock and processor time of everybody, after one round that warms up."""
    clock, processor = [], []
    for _ in range(repeats + 1):
        begun, used = time.perf_counter(), time.process_time()
        for first in range(0, len(inputs[0]), batch):
            heatmaps_of(model, tuple(value[first : first + batch] for value in inputs), steps=steps)
        clock.append(1000 * (time.perf_counter() - begun))
        processor.append(1000 * (time.process_time() - used))
    return {"clock": min(clock[1:]), "processor": min(processor[1:])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=3)
    for name, default in (("steps", "1,2,3,5"), ("batch", "1,8"), ("threads", "1,2")):
        parser.add_argument(f"--{name}", default=default)
    args = parser.parse_args()
    torch.manual_seed(0)
    torch.set_flush_denormal(True)
    model = DiffusionPose().to(memory_format=torch.channels_last).eval()
    inputs, out = example(model.config, args.people), []
    for threads in map(int, args.threads.split(",")):
        torch.set_num_threads(threads)
        for steps in map(int, args.steps.split(",")):
            for batch in map(int, args.batch.split(",")):
                out.append({"threads": threads, "steps": steps, "batch": batch, **milliseconds(model, inputs, steps, batch, args.repeats)})
    print(json.dumps(out))


if __name__ == "__main__":
    main()
