"""Does a spread tell the error? Were errors Gaussian with deviation sigma along each axis, |error| / sigma would follow a chi distribution."""

import numpy as np
from scipy import stats

LEVELS = np.arange(0.1, 0.95, 0.1)


def coverage(sigma: np.ndarray, error: np.ndarray, axes: int) -> np.ndarray:
    """Share of errors inside of each nominal level; `axes`: how many numbers a point has."""
    return np.array([(error <= q * sigma).mean() for q in stats.chi.ppf(LEVELS, axes)])


def calibration_error(sigma: np.ndarray, error: np.ndarray, axes: int) -> float:
    """Mean |observed - nominal| over the levels."""
    return float(np.abs(coverage(sigma, error, axes) - LEVELS).mean())


def fit_scale(sigma: np.ndarray, error: np.ndarray, axes: int, least: float, most: float, count: int) -> float:
    """The factor with the least calibration error, of `count` between `least` and `most`."""
    grid = np.exp(np.linspace(np.log(least), np.log(most), count))
    return float(min(grid, key=lambda g: calibration_error(g * sigma, error, axes)))
