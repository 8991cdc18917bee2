"""Narrower networks: what says nothing goes, what stays is in its place."""

import pytest
import torch

from diffpose_training.diffpose_video.graphs import example
from diffpose_training.diffpose_video.model import DiffposeVideo, ModelConfig
from diffpose_training.diffpose_video.slim import TAKEN, narrowed

SMALL = ModelConfig(width=24, layers=1, heads=2, hidden=48, channels=(16, 12, 8), noisy=(16, 8), output=8)


def model_of(config: ModelConfig) -> DiffposeVideo:
    """A network in which every number matters."""
    torch.manual_seed(0)
    model = DiffposeVideo(config)
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if value.dim() > 0:
                value.copy_(torch.rand_like(value) + 0.5 if "running_var" in name else 0.3 * torch.randn_like(value))
    return model.eval()


@pytest.mark.parametrize(("lmsfi", "channels"), [("all", (12, 8)), ("all", (6, 5)), ("off", (6, 5))])
def test_a_network_without_its_silent_channels_answers_the_same(lmsfi, channels):
    model = model_of(ModelConfig(**(vars(SMALL) | {"lmsfi": lmsfi})))
    layers = dict(model.named_modules())
    with torch.no_grad():
        for group, names in TAKEN.items():
            wide, wanted = SMALL.channels[1 + group.endswith("3")], channels[group.endswith("3")]
            silent = torch.randperm(wide)[: wide - wanted]
            for name in names:
                layers[name].weight[:, silent] = 0
        inputs = example(SMALL, 3)
        slim = narrowed(model, channels, inputs)
        assert slim.config.channels == (16, *channels)
        noisy, step = torch.randn(3, 17, 64, 64), torch.tensor([999.0, 499.0, 3.0])
        torch.testing.assert_close(slim(inputs, noisy, step), model(inputs, noisy, step), atol=1e-4, rtol=1e-4)


def test_the_channels_that_say_most_stay():
    model, inputs = model_of(SMALL), example(SMALL, 3)
    layers = dict(model.named_modules())
    with torch.no_grad():
        layers["encode.hand.2"].bias[8 + 3] += 50  # never silent
        layers["denoise.block3"].weight[:, 3] *= 100
        wanted = layers["denoise.block3"].weight[:, 3].clone()
    assert torch.equal(narrowed(model, (6, 1), inputs).denoise.block3.weight[:, 0], wanted)
