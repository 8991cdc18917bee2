"""Training of the denoiser and its join on windows that the frozen encoder has seen.

Some noisy states come from the truth, as in the paper; the others (`own_states`) are states that the sampler itself would
reach (DDIM from pure noise with the net's own predictions). The first teach the posterior, the second teach the net to
better its own estimate. Own states come as twins, whose distance is rewarded a little (`diversity`): hypotheses then lie
apart where the answer is uncertain, and close where it is not.
"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from .cache import Cache
from .denoiser import Denoiser, DenoiserConfig, Join
from ..common.diffusion import add_noise, antithetic_steps, cosine_alphas, ddim_step
from .encoder import EncoderConfig
from .losses import pose_loss
from .mixture import anchor, choose

CLEAN_LIMIT = 4.0  # whitened u, v beyond this are clamped: a narrow kernel may be far from a gross error's truth
IMAGE_WEIGHT = 0.02  # of the whitened u, v beside metres
SOME_FRAMES = 9  # of a window's 27 are denoised in a training step; neighbours tell little more


@dataclass(frozen=True)
class DiffusionConfig:
    """How noisy states are made; `start` is gmm (pose-specific) or normal (mu 0, sigma 1: the plain N(0, I) start)."""

    start: str = "gmm"
    mixtures: int = 5
    own_states: float = 0.7
    diversity: float = 0.2
    sigma_spread: float = 0.35  # std of log(kernel size) per window and joint: heatmap mixtures are covered, too


class DenoiserModel(nn.Module):
    """Join and denoiser, trained together."""

    def __init__(self, encoder: EncoderConfig, config: DenoiserConfig = DenoiserConfig()):
        super().__init__()
        self.join, self.denoise = Join(encoder, config), Denoiser(config)
        self.register_buffer("alphas", cosine_alphas(config.steps).float(), persistent=False)


def start_anchor(points: Tensor, pose: Tensor, kernel: Tensor, stats: dict, start: str) -> Tensor:
    """mu and sigma of the initial distribution (..., 17, 10)."""
    if start == "normal":
        return torch.cat([torch.zeros(*pose.shape[:-1], 5), torch.ones(*pose.shape[:-1], 5)], -1)
    return anchor(points, pose, kernel, stats["depthSigma"])


def training_kernel(stats: dict, config: DiffusionConfig, batch: int, frames: int) -> Tensor:
    """A random kernel per joint and frame (B, F, 17, 4), its offset and size varied per window and joint."""
    kernel = choose(stats[f"mixture{config.mixtures}"], (batch, frames))
    size = torch.exp(config.sigma_spread * torch.randn(batch, 1, 17, 1))
    offset = torch.rand(batch, 1, 17, 1) * 1.2
    return torch.cat([kernel[..., :2] * offset, kernel[..., 2:] * size], -1)


@torch.no_grad()
def own_state(denoise: nn.Module, state: Tensor, given: Tensor, features: Tensor, step: Tensor, alphas: Tensor) -> Tensor:
    """The states that DDIM from pure noise reaches at `step` (P,) by way of one random step between."""
    last = torch.full_like(step, len(alphas) - 1)
    middle = step + (torch.rand(len(step)) * (last - step + 1)).long()
    for now, after in ((last, middle), (middle, step)):
        clean = denoise(state, given, features, now.float())
        state = ddim_step(state, clean, alphas[now][:, None, None], alphas[after][:, None, None])
    return state


def pose_of(answer: Tensor, given: Tensor) -> Tensor:
    """Clean whitened states (P, 17, 5) to poses (P, 17, 3) in metres, hip at zero."""
    xyz = (given[..., :5] + given[..., 5:] * answer)[..., 2:]
    return xyz - xyz[:, :1]


def denoiser_loss(model: DenoiserModel, part: Cache, stats: dict, config: DiffusionConfig) -> tuple[Tensor, dict[str, float]]:
    """Mean joint error in metres of the predicted clean poses, less a share of the distance of twin hypotheses, plus a
    little of the image points and the second look's own loss.

    The states that the sampler reaches by itself come as twins: two kernels and two noises for one frame. The error less
    half of the twins' distance is the energy score; `diversity` 1 would give the whole posterior, 0 its median alone.
    """
    alphas = model.alphas
    b, f = part.inside.shape
    second_pose, second = model.join.second_look(part.points)
    second_loss, second_error = pose_loss(second_pose, part.target, part.inside)
    chosen = torch.rand(b, f).argsort(-1) < min(SOME_FRAMES, f)
    inside = part.inside & chosen
    features = model.join.combine(part.features, part.pose, second_pose, second)[inside]  # (P, 17, C)
    truth = torch.cat([part.image_points, part.target], -1)[inside]

    def anchors() -> Tensor:
        kernel = training_kernel(stats, config, b, f)
        return start_anchor(part.points, part.pose, kernel, stats, config.start)[inside]  # (P, 17, 10)

    given, step = anchors(), antithetic_steps(len(truth), len(alphas))
    own = torch.rand(len(truth)) < config.own_states
    given, truth, features, step = (torch.cat([x, y[own]]) for x, y in ((given, anchors()), (truth, truth), (features, features), (step, step)))
    mean, sigma = given.split(5, -1)
    clean = (truth - mean) / sigma
    clean = torch.cat([clean[..., :2].clamp(-CLEAN_LIMIT, CLEAN_LIMIT), clean[..., 2:]], -1)
    noise = torch.randn_like(clean)
    state = add_noise(clean, noise, alphas[step][:, None, None])
    twin = torch.cat([own, torch.ones(int(own.sum()), dtype=torch.bool)])
    if twin.any():
        state[twin] = own_state(model.denoise, noise[twin], given[twin], features[twin].detach(), step[twin], alphas)
    answer = model.denoise(state, given, features, step.float())
    pose = pose_of(answer, given)
    error = (pose - truth[..., 2:]).norm(dim=-1).mean()
    first, other = pose[: len(own)][own], pose[len(own) :]
    distance = (first - other).norm(dim=-1).sum() / pose[..., 0].numel()  # of twins, spread over all rows
    image = functional.smooth_l1_loss(answer[..., :2], clean[..., :2])
    figures = {"mpjpe": 1000 * error.item(), "image": image.item(), "second": 1000 * second_error.item()}
    figures["twins"] = 1000 * distance.item()
    if config.start == "gmm":
        figures["gain"] = 100 * (1 - error.item() / (mean[..., 2:] - truth[..., 2:]).norm(dim=-1).mean().item())
    # A twin pair is two rows, so its half distance counts once for both: |x1 - y| + |x2 - y| - diversity |x1 - x2|.
    loss = error - config.diversity * distance + IMAGE_WEIGHT * image
    return loss + (second_loss if second_loss.requires_grad else 0), figures


def model_config(encoder: EncoderConfig, config: DenoiserConfig, diffusion: DiffusionConfig) -> dict:
    """What a checkpoint must hold to rebuild the model."""
    return {"encoder": asdict(encoder), "denoiser": asdict(config), "diffusion": asdict(diffusion)}
