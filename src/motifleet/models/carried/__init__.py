"""The code that travels inside a model: MLflow runs these files wherever the model is loaded.

Each file stands for itself. It is copied into the model when that is logged, and imports nothing
of Motifleet that it does not need: the classifier on raw signals needs none of it.
"""
