"""The algebra of section 3, 4 and 7: stepwise against closed form, oracle denoisers, step lists."""

import math

import pytest
import torch

from diffpose_training.common.diffusion import (
    add_noise,
    antithetic_steps,
    cosine_alphas,
    ddim_step,
    markov_step,
    sample,
    step_list,
)  # fmt: skip

SINGLE = 1e-4  # float32 rounding over 50 steps of values about 1


def test_cosine_alphas_have_the_published_values():
    alphas = cosine_alphas(50)
    for k, expected in ((0, 0.998), (9, 0.899), (19, 0.647), (29, 0.341), (39, 0.094)):
        assert round(alphas[k].item(), 3) == expected
    assert 0 < alphas[49] < 2e-6
    assert (alphas.diff() < 0).all()


def test_step_list_is_even_and_starts_at_the_noisiest():
    assert step_list(5) == [49, 39, 29, 19, 9]
    assert step_list(1) == [49]
    assert step_list(50) == list(range(49, -1, -1))
    with pytest.raises(AssertionError):
        step_list(51)


def test_forward_is_exact_at_alpha_one_and_noise_at_alpha_zero():
    clean, noise = torch.randn(4, 17, 5), torch.randn(4, 17, 5)
    assert torch.equal(add_noise(clean, noise, torch.tensor(1.0)), clean)
    assert torch.equal(add_noise(clean, noise, torch.tensor(0.0)), noise)


def test_stepwise_and_closed_form_agree_in_distribution():
    torch.manual_seed(0)
    alphas, count = cosine_alphas(50), 200_000
    state, before = torch.full((count,), 1.5), 1.0
    for k in range(25):
        state = markov_step(state, torch.randn(count), float(alphas[k]), before)
        before = float(alphas[k])
    closed = add_noise(torch.full((count,), 1.5), torch.randn(count), alphas[24].float())
    error = 4 / math.sqrt(count)  # four standard errors of a mean of unit noise
    assert abs(state.mean() - closed.mean()) < 2 * error
    assert abs(state.std() - closed.std()) < 2 * error


@pytest.mark.parametrize("count", [1, 2, 5, 10, 50])
def test_ddim_with_an_oracle_returns_the_clean_state(count):
    torch.manual_seed(1)
    clean, start = torch.randn(3, 17, 5), torch.randn(3, 17, 5)
    answer = sample(lambda state, step: clean, start, cosine_alphas(50), count)
    assert (answer - clean).abs().max() < SINGLE


def test_ddim_of_a_gaussian_posterior_keeps_differing_starts_apart_and_equal_starts_equal():
    alphas = cosine_alphas(50)

    def posterior_mean(state, step):  # of w0 ~ N(0.3, 0.5^2)
        a = alphas[step.long()].float()[:, None, None]
        return 0.3 + 0.25 * a.sqrt() / (0.25 * a + 1 - a) * (state - a.sqrt() * 0.3)

    torch.manual_seed(2)
    start = torch.randn(4000, 1, 1)
    answer = sample(posterior_mean, start, alphas, 50)
    assert torch.equal(answer, sample(posterior_mean, start, alphas, 50))
    assert abs(answer.mean() - 0.3) < 0.03  # 4 standard errors of 0.5 / sqrt(4000)
    assert abs(answer.std() - 0.5) < 0.04  # the same and the discretisation of 50 steps
    few = sample(posterior_mean, start, alphas, 5)
    assert 0.1 < few.std() < answer.std()  # few steps under-disperse


def test_ddim_step_undoes_add_noise():
    torch.manual_seed(3)
    clean, noise = torch.randn(2, 17, 5), torch.randn(2, 17, 5)
    state = add_noise(clean, noise, torch.tensor(0.3))
    assert (ddim_step(state, clean, 0.3, 0.8) - add_noise(clean, noise, torch.tensor(0.8))).abs().max() < SINGLE


def test_antithetic_steps_mirror_each_other():
    steps = antithetic_steps(10, 50)
    assert torch.equal(steps[:5] + steps[5:], torch.full((5,), 49))
    assert len(antithetic_steps(7, 50)) == 7
