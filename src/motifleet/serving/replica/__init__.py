"""What travels in a build: the code of a replica, a process that loads one model and answers.

It imports nothing of Motifleet, so that it runs in a build's own environment: the standard
library, NumPy and orjson, and what the model itself needs. Frames on a Unix socket carry requests
in batches and answers back (`frames`); `forms` reads the ways to write a request, `predictors`
asks the model, `answers` writes what it says as JSON. Model code adds to a prediction's record with
`track_metric`.
"""

from .tracking import track_metric

__all__ = ["track_metric"]
