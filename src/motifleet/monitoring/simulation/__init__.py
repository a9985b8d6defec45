"""Simulated requests: what is asked (``requests``), and by whom at which rate (``load``)."""
