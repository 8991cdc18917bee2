"""The loss (paper section Loss) and the noisy states that the decoder learns from.

Each crop gives two states. The first: true coordinates, noised (FDP), or the coarse heatmaps as sampler A starts from. The second comes
from the model's own answer to the first: as it is or drawn again (A), or noised (B), as it does in sampling, because real errors are small and structured
while the noise of FDP is wide and even. Some of the true poses have left and right swapped before they are noised.
"""

from concurrent.futures import Executor
from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor

from ..common.batches import Batch
from ..common.centre import centred_inputs
from ..common.heatmap_loss import heatmap_loss
from ..common.heatmaps import draw
from ..common.joint_sets import JointSet
from ..common.trainer import in_parts
from .model import DiffusionPose, ModelConfig
from .sampler import found_in
from .stills import to_grid
from .structure import STEPS, add_noise, masks, place, unit


@dataclass(frozen=True)
class DiffusionConfig:
    """How noisy states are drawn in training."""

    coarse: float = 0.5  # share of the first states that are the coarse heatmaps
    noised: float = 0.5  # share of the second states that are noised around the model's answer, not just drawn again
    early: int = 200  # coarse heatmaps have t from here
    late: int = 400  # to here, so that t tells how far a state can be trusted
    again: int = 300  # answers that are fed again have t from 1 to here
    drawn: float = 0.25  # share of the heatmaps fed again that are drawn as Gaussians at their places before
    swapped: float = 0.15  # share of noised true poses in which left and right are swapped
    first: int = STEPS  # largest t of noised states


def targets(batch: Batch, config: ModelConfig) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Places in cells of the model's grid, which joints are there, weights, and the heatmaps to be found."""
    points = to_grid(batch.points, config)
    inside = ((points > 0) & (points < points.new_tensor([config.grid[1], config.grid[0]]))).all(-1)
    there = (batch.peak > 0) & (batch.weight > 0) & inside
    return points, there, batch.weight, draw(points, config.grid, config.structure.sigma, (batch.peak > 0) & inside)


def swap_sides(points: Tensor, there: Tensor, joints: JointSet, share: float, rng: torch.Generator | None = None) -> Tensor:
    """For some poses, left and right exchanged: of one pair of joints, or of all."""
    mirror = torch.tensor(joints.mirror)
    both = there & there[:, mirror]
    size, count = there.shape
    one = torch.arange(count)[None] == torch.randint(0, count, (size, 1), generator=rng)
    one = one | one[:, mirror]
    chosen = (torch.rand(size, 1, generator=rng) < share) & both & (one | (torch.rand(size, 1, generator=rng) < 0.3))
    return torch.where(chosen[..., None], points[:, mirror], points)


@dataclass
class State:
    """What the decoder is given."""

    noisy: Tensor
    masks: Tensor
    step: Tensor


def noised(points: Tensor, valid: Tensor, step: Tensor, alphas: Tensor, config: ModelConfig, rng: torch.Generator | None) -> tuple[Tensor, Tensor]:
    """FDP: places (B, J, 2) at steps (B,), and which have a map (all; a joint that is not there starts from the centre)."""
    structure = config.structure
    clean = torch.where(valid[..., None], unit(points, config.grid), torch.zeros_like(points))
    state = add_noise(clean, torch.randn(clean.shape, generator=rng), alphas[step].float()[:, None, None], structure.zeta)
    return place(state, config.grid, structure.zeta), torch.ones_like(valid)


def state_of(points: Tensor, valid: Tensor, drawn: Tensor, step: Tensor, config: ModelConfig) -> State:
    """Drawn and masked."""
    structure = config.structure
    guide = masks(points, valid, config.set.limbs, config.grid, structure)
    return State(draw(points, config.grid, structure.sigma, drawn), guide, step.float())


def fed(maps: Tensor, step: Tensor, share: float, config: ModelConfig, rng: torch.Generator | None) -> tuple[State, Tensor, Tensor]:
    """Heatmaps as sampler A feeds them, a share of them drawn again; places, and which joints are there."""
    found, seen = found_in(maps)
    state = state_of(found, seen, seen, step, config)
    again = torch.rand(len(maps), generator=rng) < share
    return replace(state, noisy=torch.where(again[:, None, None, None], state.noisy, maps.clamp(0, 1))), found, seen


def either(chosen: Tensor, one: State, other: State) -> State:
    """Row by row the first or the second."""
    pairs = ((getattr(one, field.name), getattr(other, field.name)) for field in fields(State))
    return State(*(torch.where(chosen.reshape(-1, *[1] * (a.dim() - 1)), a, b) for a, b in pairs))


@torch.no_grad()
def first_state(
    points: Tensor, there: Tensor, coarse: Tensor, alphas: Tensor, config: ModelConfig, diffusion: DiffusionConfig, rng: torch.Generator | None = None
) -> State:
    """Noised truth, or the coarse heatmaps."""
    size = len(points)
    step = torch.randint(0, diffusion.first, (size,), generator=rng)
    places, drawn = noised(swap_sides(points, there, config.set, diffusion.swapped, rng), there, step, alphas, config, rng)
    begun = torch.rand(size, generator=rng) < diffusion.coarse
    late = torch.randint(diffusion.early, diffusion.late, (size,), generator=rng)
    return either(begun, fed(coarse, late, diffusion.drawn, config, rng)[0], state_of(places, there, drawn, step, config))


@torch.no_grad()
def second_state(answer: Tensor, alphas: Tensor, config: ModelConfig, diffusion: DiffusionConfig, rng: torch.Generator | None = None) -> State:
    """The model's own answer: as it is, drawn again, or noised."""
    size = len(answer)
    step, late = (torch.randint(0, most, (size,), generator=rng) for most in (diffusion.first, diffusion.again))
    same, found, seen = fed(answer, late, diffusion.drawn, config, rng)
    places, drawn = noised(found, seen, step, alphas, config, rng)
    return either(torch.rand(size, generator=rng) < diffusion.noised, state_of(places, seen, drawn, step, config), same)


def loss_of_batch(
    model: DiffusionPose, batch: Batch, diffusion: DiffusionConfig, alphas: Tensor, half: bool, plain: bool = False, rng: torch.Generator | None = None
) -> tuple[Tensor, dict[str, float]]:
    """D's error at both states and the convolution head's. `half`: products in bfloat16; `plain`: the convolution head alone."""
    config = model.config
    points, there, weight, target = targets(batch, config)

    def error(answer: Tensor) -> Tensor:
        return heatmap_loss(answer, target, weight, config.set, config.structure.sigma)

    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        maps = model.encode(*centred_inputs(batch, config.reach))
        coarse = error(maps[0])
        if plain:
            return coarse, {"loss": coarse.item()}
        one = first_state(points, there, maps[0].float(), alphas, config, diffusion, rng)
        answer = model.denoise(one.noisy, one.masks, one.step, *maps)
        two = second_state(answer.float(), alphas, config, diffusion, rng)
        again = model.denoise(two.noisy, two.masks, two.step, *maps)
    first, second = error(answer), error(again)
    return (first + second) / 2 + coarse, {"loss": first.item(), "loss2": second.item(), "coarse": coarse.item()}


def loss_in_parts(pool: Executor, parts: int, model: DiffusionPose, batch: Batch, seed: int, **options) -> tuple[Tensor, dict[str, float]]:
    """The same from parts of a batch, each with random numbers of its own."""

    def part(rows: slice, index: int) -> tuple[Tensor, dict[str, float]]:
        return loss_of_batch(model, batch.part(rows), rng=torch.Generator().manual_seed(seed + index), **options)

    return in_parts(pool, parts, model, part)
