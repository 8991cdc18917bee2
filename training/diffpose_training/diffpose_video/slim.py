"""Makes a narrower network of a trained one, to be trained on: at each scale those channels stay that say most.

    python -m diffpose_training.diffpose_video.train --name wide --channels 48 32
    python -m diffpose_training.diffpose_video.slim --source runs/diffpose_video/wide.pt --channels 32 16 --target runs/diffpose_video/slim.pt
    python -m diffpose_training.diffpose_video.train --init runs/diffpose_video/slim.pt

What a channel says is the size of its values on windows of training times that of the weights that take it in. Of the two finer scales
the pyramid's maps are made narrower, before and after their convolution, and what the decoder is handed of them.
"""

import argparse
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from ..common.batches import Cached
from ..common.centre import centred_inputs
from ..common.trainer import save_checkpoint, trained_steps
from .evaluate import load_model
from .model import DiffposeVideo, ModelConfig
from .sampler import STEPS, noise_of

# Channels that are kept or dropped together: who gives them out, in which order, and who takes them in.
PLAIN, SHUFFLED, HALVES = "plain", "shuffled", "halves"  # pixel shuffle has four in the place of one; local and global maps lie one behind the other
GIVEN = {
    "before2": {"encode.up2.conv": SHUFFLED, "encode.side2": PLAIN, "encode.heat2": PLAIN, "encode.level2.0": PLAIN},
    "after2": {"encode.level2.2.0": PLAIN, "encode.level2.2.1": PLAIN},
    "handed2": {"encode.hand.1": HALVES, "denoise.direct.1": PLAIN, "denoise.block2.0": PLAIN, "denoise.block2.1": PLAIN},
    "before3": {"encode.up3.conv": SHUFFLED, "encode.side3": PLAIN, "encode.heat3": PLAIN, "encode.level3.0": PLAIN},
    "after3": {"encode.level3.2.0": PLAIN, "encode.level3.2.1": PLAIN},
    "handed3": {"encode.hand.2": HALVES, "denoise.direct.2": PLAIN},
}
TAKEN = {
    "before2": ["encode.level2.2.0"], "after2": ["encode.hand.1", "encode.up3.conv"], "handed2": ["denoise.block2.0", "denoise.up2.conv"],
    "before3": ["encode.level3.2.0"], "after3": ["encode.hand.2"], "handed3": ["denoise.block3"],
}  # fmt: skip


@torch.no_grad()
def says(model: DiffposeVideo, inputs: tuple[Tensor, ...]) -> dict[str, Tensor]:
    """For each group how much each channel says on a batch of windows, from pure noise."""
    seen: dict[str, Tensor] = {}

    def keep(name: str):
        return lambda _, given: seen.update({name: given[0].square().mean((0, 2, 3)).sqrt()})

    modules = dict(model.named_modules())
    hooks = [modules[name].register_forward_pre_hook(keep(name)) for names in TAKEN.values() for name in names]
    model(inputs, noise_of((len(inputs[0]), 17, 64, 64), 1), torch.full((len(inputs[0]),), STEPS - 1.0))
    for hook in hooks:
        hook.remove()
    return {group: sum(seen[n] * modules[n].weight.transpose(0, 1).flatten(1).norm(dim=1) for n in names) for group, names in TAKEN.items()}


def rows_of(chosen: Tensor, layout: str, count: int) -> Tensor:
    """Output channels of a layer that belong to chosen ones out of `count`."""
    if layout == SHUFFLED:
        return (4 * chosen[:, None] + torch.arange(4)).flatten()
    return torch.cat([chosen, chosen + count]) if layout == HALVES else chosen


def narrowed(model: DiffposeVideo, channels: tuple[int, int], inputs: tuple[Tensor, ...]) -> DiffposeVideo:
    """A network with so many channels at 32 x 32 and 64 x 64, with weights of the wider one."""
    config: ModelConfig = replace(model.config, channels=(model.config.channels[0], *channels))
    wanted = {group: channels[group.endswith("3")] for group in GIVEN}
    spoken = says(model.eval(), inputs)
    chosen = {group: spoken[group].topk(wanted[group]).indices.sort().values for group in GIVEN}
    state = dict(model.state_dict())
    for group, layers in GIVEN.items():
        for layer, layout in layers.items():
            rows = rows_of(chosen[group], layout, len(spoken[group]))
            for name in [n for n in state if n.rpartition(".")[0] == layer and state[n].dim() > 0]:
                state[name] = state[name][rows]
        for layer in TAKEN[group]:
            state[f"{layer}.weight"] = state[f"{layer}.weight"][:, chosen[group]]
    slim: nn.Module = DiffposeVideo(config)
    slim.load_state_dict(state)
    return slim.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, required=True, help="a trained checkpoint")
    parser.add_argument("--target", type=Path, required=True)
    parser.add_argument("--channels", type=int, nargs=2, required=True, metavar=("C2", "C3"), help="at 32 x 32 and at 64 x 64")
    parser.add_argument("--cache", type=Path, default=Path("runs/diffpose_video/cache/train"))
    parser.add_argument("--windows", type=int, default=64)
    args = parser.parse_args()
    model = load_model(args.source)
    batch = Cached(args.cache).batch(range(args.windows), model.config.frames)
    slim = narrowed(model, tuple(args.channels), centred_inputs(batch, model.config.centre))
    state = slim.state_dict()
    save_checkpoint(args.target, net=state, average=state, step=trained_steps(args.source), model={"model": asdict(slim.config)})


if __name__ == "__main__":
    main()
